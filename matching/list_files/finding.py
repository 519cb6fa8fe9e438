"""Which program a row of somebody's spreadsheet is about. Pure.

An identifier that points to one program finds it; a name never does by itself: it only proposes, and a person confirms.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matching.list_files.cells import ACGME_DIGITS, CellError, blank, read_acgme_id, read_nrmp_codes, split_place
from matching.list_files.names import MOST_CANDIDATES, NearNames, plain

HEAD = 7  # digits that begin an NRMP code: institution and specialty
NO_IDENTITY = "the row has no id, code or name: fill in one of them"
SEVERAL = "several programs fit"
NEAR_NAME = "no program has just this name; these are near"
SAME_NAME = "by its name alone"


@dataclass(frozen=True)
class OnRecord:
    """A program as far as finding it goes. `signals_used` None: not known."""

    key: str
    name: str
    city: str
    state: str
    specialty: str
    acgme_id: str
    nrmp_institution: str
    closed: bool
    signals_used: bool | None


@dataclass(frozen=True)
class Found:
    """What a row comes to: one program (`sure`), or `candidates` to choose from, with the likely one as `proposed`, or none. `why` is in words."""

    sure: OnRecord | None = None
    candidates: tuple[OnRecord, ...] = ()
    proposed: OnRecord | None = None
    why: str = ""


class Catalog:
    """Programs that can be found. `tracks` are (NRMP code, key), `specialties` and `states` {name: code}; `own` are the applicant's specialties."""

    def __init__(
        self,
        programs: Iterable[OnRecord],
        tracks: Iterable[tuple[str, str]],
        specialties: Mapping[str, str],
        states: Mapping[str, str],
        own: Collection[str] = (),
    ) -> None:
        self.by_key = {one.key: one for one in programs}
        self.by_acgme = {one.acgme_id: one for one in self.by_key.values() if one.acgme_id}
        self.by_head: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for code, key in tracks:
            self.by_head[code[:HEAD]].append((code, key))
        self.own = frozenset(own)
        self.specialties = _by_plain(specialties)
        self.states = _by_plain(states)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[OnRecord]]:
        """Programs by their name as compared."""
        found: dict[str, list[OnRecord]] = defaultdict(list)
        for one in self.by_key.values():
            found[plain(one.name)].append(one)
        return found

    @cached_property
    def near(self) -> NearNames[str]:
        """Names as compared, by the words in them."""
        return NearNames((name, name) for name in self.by_name)

    def specialty(self, cell: str) -> str:
        """The code of a specialty told by name or code; "" where it is not known."""
        return self.specialties.get(plain(cell), "") if blank(cell) else ""

    def state(self, cell: str) -> str:
        """The letters of a state told by name or letters; "" where it is not known."""
        return self.states.get(plain(cell), "") if blank(cell) else ""


def _by_plain(names: Mapping[str, str]) -> dict[str, str]:
    return {plain(code): code for code in names.values()} | {plain(name): code for name, code in names.items()}


@dataclass(frozen=True)
class _Said:
    """What a row says besides ids; "" where it says nothing that is known."""

    names: tuple[str, ...]
    city: str
    state: str
    specialty: str


def find(cells: Mapping[str, str], catalog: Catalog) -> Found:
    """The program of a row, {meaning: cell}: by our own key, ACGME id, NRMP code, else by name for a person to confirm."""
    said = _said(cells, catalog)
    pointed, problems = _pointed(cells, catalog)
    if len(pointed) == 1:
        return _checked(pointed[0], said)
    if pointed:
        return Found(candidates=tuple(pointed[:MOST_CANDIDATES]), why=SEVERAL)
    if problems and not said.names:
        return Found(why="; ".join(problems))
    found = _by_names(said, catalog)
    return Found(None, found.candidates, found.proposed, "; ".join(dict.fromkeys(filter(None, (*problems, found.why)))))


def _said(cells: Mapping[str, str], catalog: Catalog) -> _Said:
    city, state = split_place(cells.get("place", ""))
    names = tuple(blank(cells[name]) for name in ("program", "institution") if blank(cells.get(name, "")))
    return _Said(
        names=names,
        city=plain(blank(cells.get("city", "")) or city),
        state=catalog.state(cells.get("state", "")) or catalog.state(state),
        specialty=catalog.specialty(cells.get("specialty", "")),
    )


def _pointed(cells: Mapping[str, str], catalog: Catalog) -> tuple[list[OnRecord], list[str]]:
    """Programs that the ids of a row point to, and what is wrong with those that point nowhere."""
    found: dict[str, OnRecord] = {}
    problems: list[str] = []
    key = catalog.by_key.get(cells.get("key", "").strip())
    if key:
        return [key], problems
    for read, cell in ((_by_acgme, cells.get("acgme_id", "")), (_by_codes, cells.get("nrmp_codes", ""))):
        if not blank(cell):
            continue
        try:
            found |= {one.key: one for one in read(cell, catalog)}
        except CellError as error:
            problems.append(str(error))
    return list(found.values()), problems


def _by_acgme(cell: str, catalog: Catalog) -> list[OnRecord]:
    """The program of an ACGME id; a column of program ids may hold NRMP codes as well. Raises CellError."""
    try:
        found = read_acgme_id(cell)
    except CellError:
        try:
            return _by_codes(cell, catalog)
        except CellError:
            pass
        raise
    if len(found) < ACGME_DIGITS:
        # A spreadsheet drops a zero in front, somebody else a digit: only a person can tell.
        raise CellError(_short_id(found, catalog))
    if found not in catalog.by_acgme:
        raise CellError(f"no program on record has the ACGME id {found}")
    return [catalog.by_acgme[found]]


def _short_id(found: str, catalog: Catalog) -> str:
    whole = catalog.by_acgme.get(f"0{found}")
    hint = f"; 0{found} is {whole.name}" if whole else ""
    return f"{found} has {len(found)} digits, an ACGME id has {ACGME_DIGITS}{hint}"


def _by_codes(cell: str, catalog: Catalog) -> list[OnRecord]:
    codes = read_nrmp_codes(cell)
    keys = dict.fromkeys(key for code in codes for track, key in catalog.by_head.get(code[:HEAD], ()) if track.startswith(code))
    found = [catalog.by_key[key] for key in keys if key in catalog.by_key]
    if not found:
        raise CellError(f"no program on record has the NRMP code {' '.join(codes)}")
    return found


def _checked(one: OnRecord, said: _Said) -> Found:
    """An id that points to a program in another place or specialty than the row says was mistyped, or the rest was: a person looks."""
    differs = [
        word for word, theirs, ours in (("specialty", said.specialty, one.specialty), ("state", said.state, one.state)) if theirs and ours and theirs != ours
    ]
    if differs:
        return Found(candidates=(one,), why=f"the id fits, but the file says another {' and another '.join(differs)}")
    return Found(sure=one)


def _by_names(said: _Said, catalog: Catalog) -> Found:
    if not said.names:
        return Found(why=NO_IDENTITY)
    same = _narrowed([one for name in said.names for one in catalog.by_name.get(plain(name), ())], said, catalog)
    if same:
        proposed = same[0] if len(same) == 1 and not _contradicts(same[0], said) else None
        return Found(candidates=tuple(same[:MOST_CANDIDATES]), proposed=proposed, why=SAME_NAME if len(same) == 1 else SEVERAL)
    near = [one for name in said.names for found in catalog.near.near(name) for one in catalog.by_name[found]]
    candidates = _narrowed(near, said, catalog)
    if not candidates:
        return Found(why="no program on record has this name, or one near it")
    return Found(candidates=tuple(candidates[:MOST_CANDIDATES]), why=NEAR_NAME)


def _narrowed(some: Iterable[OnRecord], said: _Said, catalog: Catalog) -> list[OnRecord]:
    """Without those that the rest of the row speaks against, as long as any is left. Without a specialty, the applicant's own count."""
    left = list({one.key: one for one in some}.values())
    tests: tuple[Callable[[OnRecord], bool], ...] = (
        lambda one: one.specialty == said.specialty if said.specialty else one.specialty in catalog.own,
        lambda one: not said.state or one.state == said.state,
        lambda one: not said.city or plain(one.city) == said.city,
        lambda one: not one.closed,
    )
    for test in tests:
        left = [one for one in left if test(one)] or left
    return left


def _contradicts(one: OnRecord, said: _Said) -> bool:
    sides = ((said.specialty, one.specialty), (said.state, one.state), (said.city, plain(one.city)))
    return any(theirs and ours and theirs != ours for theirs, ours in sides)
