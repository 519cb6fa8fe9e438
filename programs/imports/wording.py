"""How people write things in tables of requirements, and what it means: tables of patterns, tried in order. Pure.

Each reader takes a cell that is not blank and gives canonical text, "" where the cell says nothing about the field, or
raises CellError. A pattern has to match the whole cell, so that a cell of which only a part is understood stays unknown.
`visas` and `amounts` hold the readers of what takes more than a table.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from programs.choices import EcfmgBy, ProgramType, Strictness
from programs.fields import BY_NAME, NO, YES, Field
from programs.imports.columns import CellError, parse_date, parse_field

Reader = Callable[[str], str]
# What one cell says about several fields: canonical text, or why it cannot be read.
Said = Mapping[str, "str | CellError"]
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SPELLINGS = str.maketrans(
    {**dict.fromkeys(DASHES, "-"), "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2264": "<=", "\u2265": ">=", "\u00a0": " "}
)
# What says, in more words than a blank cell, that nothing is stated.
UNSTATED = re.compile(
    r"(?:not|none) (?:stated|specified|listed|given|available|provided|known|mentioned)|no (?:data|info(?:rmation)?)|tba|tbd|unspecified|nan|null"
)
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
STRICT_WORDS = r"(?:strictly )?(?:required|requires?|mandatory|must(?: have| be)?|strictly|strict|firm|only)"
PREFERRED_WORDS = (
    r"(?:strongly |highly )?(?:preferred|preferably|prefers?|preference|recommended|recommends?|desired|desirable|encouraged|ideally|ideal|favou?red)"
)
_STRICT, _PREFERRED = re.compile(rf"\b{STRICT_WORDS}\b"), re.compile(rf"\b{PREFERRED_WORDS}\b")
_NOT_FIRM = re.compile(rf"\b(?:not|no|never|isn't|aren't|nor) (?:a |an |strictly |absolutely )?(?:{STRICT_WORDS}|{PREFERRED_WORDS})\b")
_FIRMNESS = re.compile(rf"\b(?:is |are )?(?:{STRICT_WORDS}|{PREFERRED_WORDS})\b")
# Where another clause of a cell begins: 3 letters, of which 2 U.S.
CLAUSE_END = re.compile(r"\s*[,;()+]\s*|\s+(?:and|with|including|incl|of which)\s+")
_EMPTY_BRACKETS = re.compile(r"\(\s*[,;:]?\s*\)|\[\s*\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to write something, and what it means: canonical text, or what makes it of the match."""

    pattern: re.Pattern[str]
    meaning: str | Callable[[re.Match[str]], str]


def rules(*table: tuple[str, str | Callable[[re.Match[str]], str]]) -> tuple[Rule, ...]:
    """Rules of (pattern, meaning), first come first served."""
    return tuple(Rule(re.compile(pattern, re.ASCII), meaning) for pattern, meaning in table)


def first_match(table: Iterable[Rule], text: str) -> str | None:
    """What the first rule that fits the whole text makes of it; None where none fits. A meaning may raise CellError."""
    for rule in table:
        if found := rule.pattern.fullmatch(text):
            return rule.meaning if isinstance(rule.meaning, str) else rule.meaning(found)
    return None


# --- what all readers begin with ---


def tidy(cell: str) -> str:
    """The cell in lower case, with plain dashes and quotes and single spaces, without full stops at its ends."""
    return " ".join(cell.translate(SPELLINGS).casefold().split()).strip(" .;,:")


def with_digits(text: str) -> str:
    """The text with number words from zero to ten as digits."""
    return re.sub(rf"\b(?:{'|'.join(NUMBERS)})\b", lambda found: str(NUMBERS.index(found.group())), text)


def firmness(cell: str) -> str:
    """How firm the words of a cell are: strict, preferred, or unclear where they do not say or say both."""
    text = _NOT_FIRM.sub("", tidy(cell))
    strict, preferred = bool(_STRICT.search(text)), bool(_PREFERRED.search(text))
    if strict == preferred:
        return Strictness.UNCLEAR.value
    return Strictness.STRICT.value if strict else Strictness.PREFERRED.value


def without_firmness(text: str) -> str:
    """A tidy text without the words that say how firm it is."""
    return tidy(_EMPTY_BRACKETS.sub("", _FIRMNESS.sub("", text)))


def is_unstated(text: str) -> bool:
    """Whether a tidy text says that nothing is stated."""
    return bool(UNSTATED.fullmatch(text))


def canonical(read: Reader, field: Field) -> Reader:
    """The reader whose text is also checked against what the field can hold."""

    def parse(cell: str) -> str:
        text = read(cell)
        return parse_field(text, field=field) if text else ""

    return parse


def part(read: Callable[[str], Said], target: str, *, first: str) -> Reader:
    """The reader of one of the fields that a cell speaks of. A cell that cannot be read is complained of once, with the first field."""

    def parse(cell: str) -> str:
        try:
            said = read(cell).get(target, "")
        except CellError:
            if target == first:
                raise
            return ""
        if isinstance(said, CellError):
            raise said
        return parse_field(said, field=BY_NAME[target]) if said else ""

    return parse


def part_firmness(read: Callable[[str], Said], target: str) -> Reader:
    """The reader of how firm one of the fields is: by the words of its own clause, where the cell has several."""

    def parse(cell: str) -> str:
        if not _says(read, cell, target):
            return ""
        clauses = [clause for clause in CLAUSE_END.split(tidy(cell)) if without_firmness(clause)]
        if len(clauses) < 2:
            return firmness(cell)
        return next((firmness(clause) for clause in clauses if _says(read, clause, target)), Strictness.UNCLEAR.value)

    return parse


def firm_if_no(read: Reader, firm: Reader) -> Reader:
    """The reader of how firm something is that is firm by its nature where it is denied."""

    def parse(cell: str) -> str:
        firmly = firm(cell)  # "" where the cell cannot be read
        return Strictness.STRICT.value if firmly and read(cell) == NO else firmly

    return parse


def _says(read: Callable[[str], Said], cell: str, target: str) -> bool:
    try:
        said = read(cell).get(target, "")
    except CellError:
        return False
    return bool(said) and isinstance(said, str)


# --- yes and no ---

NEEDED = rules(
    (r"yes|y|true|1", YES),
    (r"(?:is |are )?(?:required|requires?|needed|mandatory|must(?: have)?(?: pass(?:ed)?)?)", YES),
    (r"pass(?:ed|ing)?(?: (?:is )?(?:required|needed))?", YES),  # of an exam
    (rf"(?:yes,? ?)?\(?{PREFERRED_WORDS}\)?", YES),  # the strictness says that it only is a preference
    (r"yes,? ?\(?(?:required|needed|mandatory)\)?", YES),
    (r"no|n|false|0", NO),
    (r"(?:no,? ?)?\(?(?:not|none) (?:required|needed|necessary|mandatory)\)?|optional", NO),
)
_NOT = r"(?:(?:does |do |is |are )?not|doesn't|don't)"
ACCEPTED = rules(
    (r"yes|y|true|1", YES),
    (r"(?:yes,? ?)?\(?(?:accepts?|accepted|considered|considers?|welcome|eligible|allowed|offered|available|participat(?:es?|ing))\)?", YES),
    (r"no|n|false|0", NO),
    (rf"(?:no,? ?)?\(?{_NOT} (?:accept(?:ed)?|consider(?:ed)?|eligible|allowed|offered|available|participat(?:e|ing))\)?", NO),
)


def read_yes_no(cell: str, *, field: str, table: tuple[Rule, ...]) -> str:
    """A field of yes or no."""
    text = tidy(cell)
    if is_unstated(text):
        return ""
    found = first_match(table, text)
    if found is None:
        raise CellError(f"says neither yes nor no about {BY_NAME[field].label}: write one of them")
    return found


# --- choices ---

_ECFMG = r"(?:ecfmg )?(?:certificat(?:e|ion) |certified )?(?:is )?(?:needed |needs to be )?"
_BY = r"(?:before|by|prior to|at|at the time of|at time of|when|to|for|upon|until)(?: the)?"
_ECFMG_BY = rf"{_ECFMG}(?:{_BY} )?(?:time of )?"
ECFMG = rules(
    (rf"{_ECFMG_BY}(?:apply(?:ing)?|applications?(?: deadline| time| submission)?|submission)", EcfmgBy.APPLICATION.value),
    (rf"{_ECFMG_BY}(?:interview(?:s|ing)?(?: invitations?| offers?| season| day)?)", EcfmgBy.INTERVIEW.value),
    (rf"{_ECFMG_BY}(?:rank(?:ing|ed)?(?: order)?(?: lists?)?(?: deadline| certification| day)?|rol(?: deadline)?)", EcfmgBy.RANKING.value),
    (rf"{_ECFMG_BY}(?:start(?:ing|s)?(?: date)?(?: of)?(?: the)?(?: residency| training| program)?)", EcfmgBy.START.value),
    (rf"{_ECFMG_BY}(?:july 1(?:st)?|1 july|matriculation|residency|training)", EcfmgBy.START.value),
)
PROGRAM_TYPES = rules(
    (r"university(?:[ -]based)?(?: hospital| program)?", ProgramType.UNIVERSITY.value),
    (r"(?:community(?:[ -]based)?[ /,-]*)?university[ -]affiliated(?: hospital| program| community(?: hospital| program)?)?", ProgramType.AFFILIATED.value),
    (r"community(?:[ -]based)?(?: hospital| program)?", ProgramType.COMMUNITY.value),
    (r"military(?:[ -]based)?(?: hospital| program)?", ProgramType.MILITARY.value),
)


def read_ecfmg(cell: str) -> str:
    """By when the ECFMG certificate is needed."""
    text = tidy(cell)
    if is_unstated(text):
        return ""
    found = first_match(ECFMG, without_firmness(text))
    if found is None:
        raise CellError(f"does not say by when the ECFMG certificate is needed: write {', '.join(EcfmgBy.values)}")
    return found


def read_program_type(cell: str) -> str:
    """What kind of program it is, as FREIDA and others word it."""
    text = tidy(cell)
    return "" if is_unstated(text) else first_match(PROGRAM_TYPES, text) or parse_field(cell, field=BY_NAME["program_type"])


# --- numbers and days ---


def read_percent(cell: str, *, field: str) -> str:
    """A percentage as a share. Up to 1 it could be either, so its sign has to say so."""
    text = cell.removesuffix("%").rstrip()
    number = parse_field(f"{text}%", field=BY_NAME[field])
    if not cell.endswith("%") and 0 < float(number) <= 0.01:
        raise CellError("could be a percentage or a share: write 62% or choose that the column holds shares from 0 to 1")
    return number


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise CellError("is no day of any calendar: write it as 2026-09-30") from None


DAYS = rules(
    (r"([0-9]{1,2})/([0-9]{1,2})/((?:19|20)[0-9]{2})", lambda m: _day(m[3], m[1], m[2])),  # as the sources, all of the U.S., write it
    (rf"{_MONTH} ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ((?:19|20)[0-9]{{2}})", lambda m: _day(m[3], str(MONTHS.index(m[1]) + 1), m[2])),
    (rf"([0-9]{{1,2}})[ -]{_MONTH}[ -]((?:19|20)[0-9]{{2}})", lambda m: _day(m[3], str(MONTHS.index(m[2]) + 1), m[1])),
)


def read_date(cell: str) -> str:
    """A day: 2026-09-30, 9/30/2026 with the month first, September 30, 2026 or 30 Sep 2026."""
    text = tidy(cell)
    return "" if is_unstated(text) else first_match(DAYS, text) or parse_date(cell)


# What accreditation lists say of a program, in this order.
STATUS = rules(
    (r".*\b(?:request(?:ed)?|propos(?:ed|al)|pending|intent|appeal(?:ed)?|closed to|applications?)\b.*", "doubtful"),
    (r".*\b(?:withdraw[a-z]*|withdrew|closed|closure|terminated|no longer accredited)\b.*", "closed"),
    (r".*\b(?:continued|initial|accredited|accreditation|probation(?:ary)?|pre-accreditation|active|open|osteopathic recognition)\b.*", "open"),
)
_DAY = re.compile(
    r"(?<!\S)(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4}|[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{4})(?!\S)"
)


def read_closed_on(cell: str) -> str:
    """The day on which a program closed, of its accreditation status and the effective date; "" of one that is open."""
    found = _DAY.search(cell)
    status = tidy(_DAY.sub("", cell))
    if not status:
        return ""
    meaning = first_match(STATUS, status)
    if meaning == "open":
        return ""
    if meaning == "closed" and found:
        return read_date(found[0])
    if meaning == "closed":
        raise CellError("says that the program is closed, but not since when: add a column with the effective date")
    raise CellError("is an accreditation status that does not tell whether the program is open: mark it closed by hand where it is")


# --- what programs are called and where they are ---

_NUMBER_AND_NAME = re.compile(r"\[?\s*([0-9][0-9.,]*(?:E\+?[0-9]+)?)\s*\]?(?:(?:\s*[-:/|]\s*|\s+)(\S.*))?", re.ASCII | re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"(?:^|[,;\n])\s*([^\W\d_][^\d,;\n]*?)\s*,\s*([A-Z]{2})\.?,?\s+[0-9]{5}(?:-[0-9]{4})?(?![0-9])")
_CITY_AND_STATE = re.compile(r"([^\W\d_][^\d,;/|]*?)\s*[,/|]\s*([A-Z]{2})")


def read_number_or_name(cell: str, *, group: int, parse: Reader) -> str:
    """The id (group 1) or the name (2) of "1400500001 Name of the program"."""
    found = _NUMBER_AND_NAME.fullmatch(cell)
    if not found:
        raise CellError("is not an id with a name after it: write both, such as [10 digits] name")
    return parse(found[group]) if found[group] else ""


def read_city_or_state(cell: str, *, group: int) -> str:
    """The city (group 1) or the state (2) of an address that ends in city, state and ZIP code, or of "City, ST"."""
    addresses = [*_ADDRESS.finditer(cell)]
    found = addresses[-1] if addresses else _CITY_AND_STATE.fullmatch(cell)
    if found is None:
        if group == 1:  # the other half is not complained of twice
            raise CellError("does not show where the city begins: write City, ST 43604 after a comma or on a line of its own")
        return ""
    return " ".join(found[group].split())


read_city, read_state = partial(read_city_or_state, group=1), partial(read_city_or_state, group=2)
