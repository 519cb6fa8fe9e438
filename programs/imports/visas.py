"""What a cell says about visas, for J-1 and H-1B each. Pure.

The cell is cut into words, each word has a kind, and the kinds of a clause have to fit one of a few forms: "J1 only" is
"J" and "O". What is named is read; what is left to the single case stays unknown, and so does everything where a word
or a form is not known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from programs.choices import Strictness
from programs.fields import NO, YES
from programs.imports.columns import CellError
from programs.imports.wording import Said, firmness, is_unstated, tidy

J1, H1B = "visa_j1", "visa_h1b"
VISAS = {"J": J1, "H": H1B}
LABELS = {J1: "J-1", H1B: "H-1B"}
NEXT = ","
# (pattern, kind), tried in this order at each place of the cell.
WORDS: tuple[tuple[str, str], ...] = (
    (r"\s+- |\s*[,;()\[\]\n]\s*|\s+(?:but|however)\b", NEXT),  # another clause begins
    (r"j ?-? ?1\b", "J"),
    (r"h ?-? ?1 ?-? ?b?\b", "H"),
    (r"both\b", "JH"),
    (r"(?:on an? )?(?:individual )?case[ -]by[ -]case\b(?: basis)?", "C"),  # nothing that holds for everybody
    (r"(?:sometimes|possibl[ye]|maybe|may|rarely|limited|considered|depend(?:s|ing)|varies|exceptional(?:ly)?|negotiable|pending|under review)\b", "C"),
    (r"(?:up)?on request\b", "C"),
    (r"(?:does not|do not|doesn't|don't|cannot|can't|not|no|none|never|n|false|0)\b", "N"),
    (r"(?:only|solely|exclusively)\b", "O"),
    (r"(?:yes|y|true|1|ok|accept(?:s|ed)?|sponsor(?:s|ed|ing)?|offer(?:s|ed)?|support(?:s|ed)?|provide[sd]?|available|preferred|prefers?)\b", "Y"),
    (r"(?:and|plus)\b|[&+]", "&"),
    (r"or\b|/", "/"),
    (r"(?:sponsorship|visas?|status|types?|the|we|program|will|any|is|are|for|of|applicants?|candidates?|holders?)\b", ""),
    (r"(?:(?:through|by|via) )?ecfmg\b|(?:at this time|currently)\b|[:.'\"]|\s+", ""),
)
_WORDS = tuple((re.compile(pattern), kind) for pattern, kind in WORDS)
# (kinds of a clause, what it says of the visas that it names or, without one, of visas in general).
FORMS: tuple[tuple[str, str], ...] = (
    (r"Y*[&/]?[JH&/]+Y*|Y+", YES),  # J1 and H1B; yes J1; J1 accepted; yes
    (r"Y*O+Y*[JH&/]+Y*|Y*[JH&/]+Y*O+Y*|O+", "only"),
    (r"N+Y*[JH/]+Y*|[JH&/]+N+Y*|N+Y*", NO),  # "no J1 and H1B" could go on either way, so it is none of them
    (r"[YOJH&/]*C+[YOJH&/]*", "open"),
)
_FORMS = tuple((re.compile(pattern), meaning) for pattern, meaning in FORMS)
_APART = re.compile(r"([JH])([YN])[&/]?([JH])([YN])")  # J1 yes H1B no
_AND_NO = re.compile(r"([JH]Y?)&(N+Y*[JH])")  # J1 and no H1B
_UNKNOWN = "cannot be read as what is said about visas: write J-1, H-1B, both or none"


@dataclass
class _Found:
    """What the clauses say: of each visa, and where they name none, in general."""

    named: dict[str, set[str]] = field(default_factory=dict)
    general: set[str] = field(default_factory=set)

    def add(self, visas: Sequence[str], meaning: str) -> None:
        if not visas and self.named and meaning in {"only", "open"}:
            visas = [*self.named]  # what follows in brackets is about all that was named
        for visa in visas:
            self.named.setdefault(visa, set()).add(meaning)
        if not visas:
            self.general.add(meaning)


def read_visas(cell: str, *, own: str = "") -> Said:
    """{visa_j1, visa_h1b: yes or no, or why that cannot be told} of what the cell names; `own` is the visa that the column is about.

    Raises CellError where the cell cannot be read at all.
    """
    text = tidy(cell)
    if is_unstated(text):
        return {}
    found = _Found()
    for clause in _clauses(_kinds(text)):
        visas = [VISAS[kind] for kind in dict.fromkeys(clause) if kind in VISAS]
        found.add(visas or ([own] if own else []), _meaning(clause))
    if found.general and not found.named:
        return _in_general(found.general)
    said = {visa: _of_one(visa, found) for visa in LABELS}
    return {visa: answer for visa, answer in said.items() if answer}


def visa_firmness(cell: str, *, visa: str, own: str = "") -> str:
    """How firm it is: that a visa is not sponsored is firm by its nature."""
    try:
        said = read_visas(cell, own=own).get(visa, "")
    except CellError:
        return ""
    if said == NO:
        return Strictness.STRICT.value
    return firmness(cell) if said == YES else ""


def _kinds(text: str) -> str:
    """The kind of each word. Raises CellError for a word that is not known."""
    kinds, place = [], 0
    while place < len(text):
        match, kind = next(((found, kind) for word, kind in _WORDS if (found := word.match(text, place))), (None, ""))
        if match is None or (kind.isalpha() and place and text[place - 1].isalnum()):
            raise CellError(_UNKNOWN)
        kinds.append(kind)
        place = match.end()
    return "".join(kinds)


def _clauses(kinds: str) -> list[str]:
    """The clauses that say something, each with one meaning."""
    parted = _AND_NO.sub(rf"\1{NEXT}\2", _APART.sub(rf"\1\2{NEXT}\3\4", kinds))
    return [clause for clause in (part.strip("&/") for part in parted.split(NEXT)) if clause]


def _meaning(clause: str) -> str:
    for form, meaning in _FORMS:
        if form.fullmatch(clause):
            return meaning
    raise CellError(_UNKNOWN)


def _in_general(meanings: set[str]) -> Said:
    if meanings == {NO}:
        return {J1: NO, H1B: NO}
    if meanings == {YES}:
        raise CellError("does not say which visa: write J-1, H-1B or both")
    raise CellError("leaves open for whom and for which visa: write J-1 or H-1B where it holds for everybody")


def _of_one(visa: str, found: _Found) -> str | CellError:
    """What is said of one visa, "" for nothing."""
    mine, others = found.named.get(visa, set()), [meanings for other, meanings in found.named.items() if other != visa]
    only_others = any("only" in meanings and "open" not in meanings for meanings in others)
    if "open" in mine:
        return CellError(f"leaves open for whom {LABELS[visa]} is sponsored: write yes or no where it holds for everybody")
    if mine:
        contradicted = NO in mine | found.general or (only_others and "only" not in mine)
        if mine == {NO}:
            return NO
        return CellError(f"says two things about {LABELS[visa]}: write yes or no") if contradicted else YES
    if only_others:
        return NO
    if NO in found.general:
        return NO if all(meanings <= {NO, "open"} for meanings in others) else CellError(_UNKNOWN)
    # "Yes", and the other one is taken out: it can only mean this one.
    return YES if YES in found.general and others and all(not meanings & {YES, "only"} for meanings in others) else ""
