"""Names of programs as people spell them: the same words whatever the spelling, and which names are near. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from math import log
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

# What spreadsheets shorten.
SPELLED_OUT: Mapping[str, str] = {
    "st": "saint",
    "ste": "saint",
    "mt": "mount",
    "ft": "fort",
    "hosp": "hospital",
    "hospitals": "hospital",
    "ctr": "center",
    "cntr": "center",
    "centre": "center",
    "med": "medical",
    "univ": "university",
    "coll": "college",
    "inst": "institute",
    "reg": "regional",
    "rgnl": "regional",
    "comm": "community",
    "mem": "memorial",
    "hlth": "health",
    "sys": "system",
    "sch": "school",
    "fdn": "foundation",
    "natl": "national",
}
# Words that tell no program from another.
EMPTY_WORDS = frozenset({"the", "of", "at", "and", "in", "for", "a", "an", "inc", "llc", "program", "programs", "residency", "residencies", "gme"})
# Nearness from 0 (no word in common) to 1 (the same words, rare ones weighing more); below this a name is no candidate.
NEAR = 0.5
# A word that more names share than this leads to none of them: it would take time and tell little.
TOO_COMMON = 400
MOST_CANDIDATES = 6


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in their order: no case, accents, points or fill words, the usual short forms spelled out."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ").replace("'", "").replace("\u2019", "")
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(SPELLED_OUT.get(word, word) for word in re.findall(r"[a-z0-9]+", kept) if word not in EMPTY_WORDS)


def plain(name: str) -> str:
    """A name as compared: two spellings of the same name are equal."""
    return " ".join(words_of(name))


class NearNames(Generic[T]):
    """Names that can be looked up by the words they share."""

    def __init__(self, names: Iterable[tuple[T, str]]) -> None:
        self._words = {key: frozenset(words_of(name)) for key, name in names}
        self._having: dict[str, list[T]] = defaultdict(list)
        for key, words in self._words.items():
            for word in words:
                self._having[word].append(key)
        self._weights = {word: self._weight(len(having)) for word, having in self._having.items()}
        self._sums = {key: sum(self._weights[word] for word in words) for key, words in self._words.items()}

    def near(self, name: str) -> list[T]:
        """Keys of the names nearest to `name`, the nearest first; at most MOST_CANDIDATES of those that are NEAR."""
        asked = {word: self._weights.get(word) or self._weight(1) for word in words_of(name)}
        leading = [word for word in asked if len(self._having.get(word, ())) <= TOO_COMMON]
        rest = [word for word in asked if word not in leading]
        common: dict[T, float] = defaultdict(float)
        for word in leading:
            for key in self._having.get(word, ()):
                common[key] += asked[word]
        both = {key: shared + sum(asked[word] for word in rest if word in self._words[key]) for key, shared in common.items()}
        total = sum(asked.values())
        scored = sorted((-2 * shared / (total + self._sums[key]), str(key), key) for key, shared in both.items())
        return [key for nearness, _, key in scored[:MOST_CANDIDATES] if -nearness >= NEAR]

    def _weight(self, having: int) -> float:
        """Rare words tell more; one that no name has counts as one name would."""
        return log(1 + len(self._words) / having)
