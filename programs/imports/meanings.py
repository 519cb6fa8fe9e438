"""What a column of a file can mean, and where the columns of a file then stand. Pure.

A meaning feeds one or more target columns, which the planners read: "Visas" says something about J-1 and about H-1B.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from programs.fields import BY_NAME
from programs.imports.columns import STRICTNESS_SUFFIX, Binding, Column, HeaderError, plain_name

LEFT_OUT = ""  # the meaning of a column that is not read
TARGET_LABELS: Mapping[str, str] = {
    "acgme_id": "ACGME id",
    "nrmp_code": "NRMP code",
    "institution": "name",
    "program": "name of the track",
    "specialty": "specialty",
    "city": "city",
    "state": "state",
    "closed_on": "day it closed",
}
# Sheets that are renewed every year have the year in the names of their columns.
_YEARS = re.compile(r"(?:_for)?(?:_(?:19|20)[0-9]{2})+$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Something that a column can mean: what it feeds, how people call it, and what a person should know who chooses it.

    Of the meanings with the same `need`, a file has to have one.
    """

    key: str
    label: str
    help: str
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    need: str = ""

    @property
    def own(self) -> tuple[Column, ...]:
        """What it feeds in any case; how firm that is, it only tells where no other column does."""
        return tuple(column for column in self.columns if column is self.columns[0] or not column.name.endswith(STRICTNESS_SUFFIX))


class HasMeanings(Protocol):
    """A layout of files, as far as its columns go."""

    def meanings(self, names: Sequence[str], season: int | None) -> tuple[Meaning, ...]:
        """What columns with these plain names can mean; `season` is a Match year."""


def meanings_for(preset: HasMeanings, season: int | None, header: Sequence[str]) -> tuple[Meaning, ...]:
    """What the columns of a file of that layout can mean. `season`, a Match year, turns years of graduation into years since."""
    return preset.meanings([plain_name(title) for title in header], season)


def guess(header: Sequence[str], meanings: Sequence[Meaning], remembered: Mapping[str, str]) -> dict[int, str]:
    """{place: key of a meaning, "" to leave it out} for every column.

    What is `remembered`, {plain name: key}, goes before names and aliases. Where two columns would say the same, the second one is left out.
    """
    by_key = {meaning.key: meaning for meaning in meanings}
    by_name = named(meanings)
    guessed: dict[int, str] = {}
    fed: set[str] = set()
    # The remembered ones first, so that no alias takes their place.
    for place in sorted(range(len(header)), key=lambda place: plain_name(header[place]) not in remembered):
        name = plain_name(header[place])
        key = remembered.get(name)
        # What was remembered of a file of another layout may be no meaning here.
        meaning = None if key == LEFT_OUT else by_key.get(key or "") or _by_alias(name, by_name)
        targets = {column.name for column in meaning.own if not column.several} if meaning else set()
        is_free = meaning is not None and meaning.key not in guessed.values() and not targets & fed
        guessed[place] = meaning.key if meaning and is_free else LEFT_OUT
        fed |= targets if is_free else set()
    return dict(sorted(guessed.items()))


def named(meanings: Iterable[Meaning]) -> dict[str, Meaning]:
    """{plain name: meaning} of every name and alias; the first meaning that claims a name has it."""
    found: dict[str, Meaning] = {}
    for meaning in meanings:
        for name in (meaning.key, *meaning.aliases):
            found.setdefault(plain_name(name), meaning)
    return found


def by_names(header: Sequence[str], meanings: Sequence[Meaning]) -> dict[int, str]:
    """{place: key} of what the names alone say, also where two say the same."""
    by_name = named(meanings)
    return {place: meaning.key if (meaning := _by_alias(plain_name(title), by_name)) else LEFT_OUT for place, title in enumerate(header)}


def _by_alias(name: str, by_name: Mapping[str, Meaning]) -> Meaning | None:
    return by_name.get(name) or by_name.get(_YEARS.sub("", name))


def bind_meanings(header: Sequence[str], chosen: Mapping[int, str], meanings: Sequence[Meaning]) -> Binding:
    """Where the targets stand in a file whose columns mean what was chosen; columns that are not mentioned are left out.

    Raises HeaderError where two columns feed one target, where a needed one is missing, and for a meaning that there is not.
    """
    picked = _picked(header, chosen, {meaning.key: meaning for meaning in meanings})
    _require(header, picked, meanings)
    places: dict[str, tuple[int, Column]] = {}
    more: dict[str, tuple[int, ...]] = {}
    for place, meaning in picked.items():
        for column in meaning.own:
            if column.name not in places:
                places[column.name] = (place, column)
            elif column.several and places[column.name][1].several:
                more[column.name] = (*more.get(column.name, ()), place)
            else:
                first, second = header[places[column.name][0]], header[place]
                raise HeaderError(f"Columns {first!r} and {second!r} both say {target_label(column.name)}: choose one of them and leave the other out.")
    for place, meaning in picked.items():
        for column in meaning.columns:
            places.setdefault(column.name, (place, column))
    ignored = tuple(title or f"(column {place + 1}, without a name)" for place, title in enumerate(header) if place not in picked)
    return Binding(places, ignored, more)


def _picked(header: Sequence[str], chosen: Mapping[int, str], by_key: Mapping[str, Meaning]) -> dict[int, Meaning]:
    """The meanings of the columns that are read, in the order of the file."""
    picked = {}
    for place, key in sorted(chosen.items()):
        if key == LEFT_OUT:
            continue
        if key not in by_key or not 0 <= place < len(header):
            raise HeaderError(f"There is no meaning {key!r} for column {place + 1}: choose one of the list.")
        picked[place] = by_key[key]
    return picked


def _require(header: Sequence[str], picked: Mapping[int, Meaning], meanings: Sequence[Meaning]) -> None:
    has = {meaning.need for meaning in picked.values()}
    for need in dict.fromkeys(meaning.need for meaning in meanings if meaning.need):
        if need not in has:
            missing = " or ".join(f"{meaning.key} ({meaning.help})" for meaning in meanings if meaning.need == need)
            raise HeaderError(f"No column is read as {missing}, which every row needs: choose or rename a column. The file has: {', '.join(header)}.")


# --- what a person reads who chooses ---


def target_label(name: str) -> str:
    """What a target column is called on pages."""
    plain = name.removesuffix(STRICTNESS_SUFFIX)
    label = BY_NAME[plain].label if plain in BY_NAME else TARGET_LABELS.get(name, name.replace("_", " "))
    return label if plain == name else f"{label}, how firm"


def effect(meaning: Meaning | None) -> str:
    """What a column does that means this, None for one that is left out: "Fills J-1 visa and H-1B visa, and how firm they are. ..."."""
    if meaning is None:
        return "Left out: nothing of this column is read."
    labels = [target_label(column.name) for column in meaning.own]
    listed = " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
    firm = "" if len(meaning.own) == len(meaning.columns) else f", and how firm {'it is' if len(labels) == 1 else 'they are'}"
    return f"Fills {listed}{firm}. {meaning.help}."
