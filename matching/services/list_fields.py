"""What a row of a list file says about an entry: the values that can be kept, the season's steps, and what had to be left out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.choices import Signal, Standing, Step
from matching.list_files.cells import (
    CellError,
    blank,
    read_connection,
    read_date,
    read_happened,
    read_rank,
    read_signal,
    read_standing,
    read_status,
    read_tags,
    read_time,
    shown,
    whole_number,
)
from matching.list_files.columns import STEP_KEY, STEP_LABELS
from matching.list_files.meanings import POSITION, STATUS, STEPS
from matching.services.entry_fields import LAST_PLACE, LONGEST_NOTE, LONGEST_REASON, LONGEST_TAG, MOST_TAGS, Fields, cleaned
from matching.services.season import Told, problem

# In which order steps are recorded: the answers before the application, so that no chance counts as stated that was looked at after its answer.
RECORDED = (Step.DECLINED, Step.WAITLISTED, Step.INVITED, Step.INTERVIEWED, Step.RANKED, Step.MATCHED, Step.APPLIED, Step.WITHDRAWN)
LONGEST_STEP_NOTE = 300
NO_LIMIT_KNOWN = "how many signals this specialty has is not known: the signal is left out"


@dataclass
class Said:
    """Fields of an entry as services.entry_fields takes them, steps in the order in which they are recorded, and what was left out, in words."""

    fields: Fields = field(default_factory=dict)
    steps: list[Told] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        """What the entry is to be, where it is new."""
        return Standing(self.fields.get("standing", Standing.ADDED))


@dataclass(frozen=True)
class SeasonDays:
    """Today and the first and last day of the season."""

    today: date
    days: tuple[date, date]


def read_fields(cells: Mapping[str, str], kinds: tuple[Signal, ...], season: SeasonDays) -> Said:
    """What a row, {meaning: cell}, says about its entry. `kinds` are the signals that the specialty has."""
    said = Said()
    _read(said, cells, "standing", read_standing)
    _read(said, cells, "connection", read_connection)
    _read(said, cells, "rank", read_rank)
    _read(said, cells, POSITION, _position)
    if blank(cells.get("signal", "")):
        _read(said, cells, "signal", lambda cell: _signal(cell, kinds))
    for name, longest in (("note", LONGEST_NOTE), ("reason", LONGEST_REASON)):
        if text := cleaned(cells.get(name, "")):
            said.fields[name] = text[:longest].strip()
            if len(text) > longest:
                said.problems.append(f"the {name} is cut after {longest:,} characters")
    _read_tags(said, cells.get("tags", ""))
    _read_steps(said, cells, season)
    return said


def _read(said: Said, cells: Mapping[str, str], name: str, read: Callable[[str], object]) -> None:
    if blank(cells.get(name, "")):
        try:
            said.fields[name] = read(cells[name])
        except CellError as error:
            said.problems.append(str(error))


def _position(cell: str) -> int:
    found = whole_number(cell)
    if found is None or found > LAST_PLACE:
        raise CellError(f"{shown(cell)} is no place on a list: it is left out")
    return found


def _signal(cell: str, kinds: tuple[Signal, ...]) -> str:
    found = read_signal(cell, kinds)
    if found and not kinds:
        raise CellError(NO_LIMIT_KNOWN)
    if found and found not in kinds:
        raise CellError(f"this specialty has no {Signal(found).label}: it is left out")
    return found


def _read_tags(said: Said, cell: str) -> None:
    tags = list(dict.fromkeys(" ".join(cleaned(tag).split()) for tag in read_tags(cell)))
    kept = [tag for tag in tags if tag and len(tag) <= LONGEST_TAG][:MOST_TAGS]
    if len(kept) < len(tags):
        said.problems.append(f"a tag is left out: an entry has at most {MOST_TAGS}, of {LONGEST_TAG} characters each")
    if kept:
        said.fields["tags"] = kept


# --- the season ---


def _read_steps(said: Said, cells: Mapping[str, str], season: SeasonDays) -> None:
    told = _of_json(said, cells.get(STEPS, "")) | _of_columns(said, cells)
    if blank(cells.get(STATUS, "")):
        try:
            step = read_status(cells[STATUS])
        except CellError as error:
            said.problems.append(str(error))
        else:
            told |= {} if step is None or step in told else {step: Told(step, None)}
    there: dict[Step, Told] = {}
    for step in RECORDED:
        if step in told:
            why = problem(told[step], there, today=season.today, days=season.days, ranked=said.fields.get("rank") is not None)
            if why:
                said.problems.append(f"“{step.label}” is left out: {why}")
            else:
                there[step] = told[step]
    said.steps = list(there.values())


def _of_columns(said: Said, cells: Mapping[str, str]) -> dict[Step, Told]:
    found = {}
    for step in STEP_LABELS:
        cell = cells.get(STEP_KEY.format(step.value), "")
        if not blank(cell):
            continue
        try:
            happened = read_happened(cell)
        except CellError as error:
            said.problems.append(f"{STEP_LABELS[step]}: {error}")
            continue
        if not isinstance(happened, bool):
            found[step] = Told(step, happened)
    return found


def _of_json(said: Said, cell: str) -> dict[Step, Told]:
    """Steps as matching.list_files.json_file packs them."""
    found = {}
    for one in _unpacked(cell):
        try:
            step = Step(one.get("step", ""))
        except ValueError:
            said.problems.append(f"{shown(one.get('step', ''))} is no step of a season: it is left out")
            continue
        try:
            day, time = (read_date(one["on"]) if one.get("on") else None), (read_time(one["at"]) if one.get("at") else None)
        except CellError as error:
            said.problems.append(f"{STEP_LABELS[step]}: {error}")
            continue
        found[step] = Told(step, day, time, cleaned(one.get("note", ""))[:LONGEST_STEP_NOTE])
    return found


def _unpacked(cell: str) -> list[dict[str, str]]:
    """A cell of a spreadsheet may hold anything under that name."""
    try:
        found = json.loads(cell) if cell else []
    except (ValueError, RecursionError):
        return []
    steps = found if isinstance(found, list) else []
    return [{str(key): value for key, value in one.items() if isinstance(value, str)} for one in steps if isinstance(one, dict)]
