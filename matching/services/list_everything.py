"""Everything that is kept about a list, as plain values for JSON: docs/list-json.md says what each key means. Reads only."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from applicants.profile_json import profile_to_json
from matching.engine import ENGINE_VERSION, Tier, criteria_in
from matching.list_files.json_file import FORMAT, SCHEMA_VERSION
from matching.models import ListChange, ListEntry, ProgramList
from matching.services.editing import STATED
from matching.services.entry_fields import FIELDS
from matching.services.list_export import DIGITS, ListFile, StepRow
from matching.services.workspace import Line, Now
from programs.queries import data_version

OF_LIST = ("season", "version", "target_reach", "target_middle", "target_safer", "shares_outcomes")
OF_CHANGE = ("version", "by", "said", "before", "after", "created_at", "undone_at")


def everything(file: ListFile, *, today: date) -> dict[str, Any]:
    """Profile, list, entries with steps and results, changes, notices and scenarios. Links that open something to others are left out.

    About 12 queries besides those of the file's rows, however many there are of anything.
    """
    saved = file.work.saved
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "written_on": today.isoformat(),
        "engine_version": ENGINE_VERSION,
        "data_version": data_version(),
        "data_as_of": _plain(file.as_of),
        "profile": profile_to_json(file.work.profile),
        "list": {name: getattr(saved, name) for name in OF_LIST} | {name: _plain(getattr(saved, name)) for name in ("created_at", "looked_at")},
        "entries": _entries(file),
        "changes": [_change(one) for one in saved.changes.order_by("version")],
        "notices": _notices(saved),
        "scenarios": [{"name": one.name, "answers": one.answers, "created_at": _plain(one.created_at)} for one in saved.profile.scenarios.order_by("pk")],
    }


def _entries(file: ListFile) -> list[dict[str, Any]]:
    kept = {one.pk: one for one in ListEntry.objects.filter(list=file.work.saved).only("added_at", *STATED)}
    return [_entry(file, line, kept[line.pk]) for line in file.work.lines if line.pk in kept]


def _entry(file: ListFile, line: Line, kept: ListEntry) -> dict[str, Any]:
    details = file.details[line.program_id]
    return {
        "key": line.key,
        "program": {
            "name": line.name,
            "city": line.city,
            "state": line.state,
            "specialty": file.specialty_names[line.specialty],
            "acgme_id": details.acgme_id,
            "nrmp_codes": list(file.codes.get(line.program_id, ())),
            "invented": line.is_demo,
        },
        **{name: _plain(getattr(line, name)) for name in FIELDS},
        "added_at": _plain(kept.added_at),
        "steps": [_step(one) for one in file.steps.get(line.pk, ())],
        "stated": {name.removeprefix("stated_"): getattr(kept, name) for name in STATED},
        "result": _result(line, file.work.now[line.key]),
    }


def _step(one: StepRow) -> dict[str, Any]:
    return {"step": one.step, "on": _plain(one.on), "at": _plain(one.at), "note": one.note}


def _result(line: Line, now: Now | None) -> Mapping[str, Any] | None:
    """What is shown of the entry: connection and signal counted in; None where it is not ranked."""
    if now is None:
        return None
    chances = {name: None if now.tier is Tier.EXCLUDED else round(getattr(now, name), DIGITS) for name in ("chance", "low", "high")}
    excluded = [criterion.name.lower() for criterion in criteria_in(line.excluded_by)] if now.tier is Tier.EXCLUDED else []
    return {"tier": now.tier.word, **chances, "excluded_by": excluded, "data_version": line.data_version}


def _change(one: ListChange) -> dict[str, Any]:
    return {name: _plain(getattr(one, name)) for name in OF_CHANGE}


def _notices(saved: ProgramList) -> list[dict[str, Any]]:
    columns = ("program_key", "program_name", "data_version", "kind", "cause", "tier_before", "tier_after", "created_at")
    words = {int(tier): tier.word for tier in Tier}
    rows = saved.notices.order_by("pk").values(*columns)
    return [{name: words.get(value) if name.startswith("tier") else _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    """A value that JSON has: days, times and moments as ISO text, words of an enum as text."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
