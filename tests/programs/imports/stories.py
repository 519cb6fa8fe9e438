"""Imports in random order with undos anywhere: what they are drawn from, and what is on record afterwards. Every name is invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from programs.choices import SourceRank
from programs.fields import BY_NAME, FIELDS, format_value
from programs.imports.preview import TRACK, ChangeKind
from programs.imports.services import ImportRequest, apply
from programs.models import ImportBatch, Program, Track, TrackYear
from programs.services import undo_batch

DAYS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
SOURCES = {"Program letters": SourceRank.PROGRAM, "A second office": SourceRank.OFFICIAL, "Program pages": SourceRank.PROGRAM, "A forum": SourceRank.COMMUNITY}
# One program known by both ids, one by its ACGME id alone, one by its NRMP code alone.
IDS = (("1400500001", "1234140C0"), ("1400500002", ""), ("", "2345140C0"))
HEADER = "acgme_id,nrmp_code,name,city,state,visa_j1,visa_j1_strictness,step2_min,share_img,closed_on\n"
NRMP_HEADER = "state,institution,city,program,nrmp_code,quota_2026,matched_2026,quota_2025,matched_2025\n"
CODES = ("1234140C0", "1234140P0", "2345140C0", "3456140C0")

# (preset, source, as-of date, season, rows): one file and what its admin says about it.
Import = tuple[str, str, date, int, tuple[str, ...]]


def template_row(ids):
    return st.tuples(
        st.sampled_from(["Lakeshore Invented Hospital", "Harbor Invented Hospital", "Ferny Brook Invented Hospital"]),
        st.sampled_from(["", "Toledo", "Akron"]),
        st.sampled_from(["", "OH", "NY"]),
        st.sampled_from(["", "yes", "no"]),
        st.sampled_from(["", "strict", "preferred"]),
        st.sampled_from(["", "220", "230"]),
        st.sampled_from(["", "0.4", "62%"]),
        st.sampled_from(["", "", "2026-09-15"]),
    ).map(lambda cells: ",".join((*ids, *cells)))


def nrmp_row(code):
    years = st.sampled_from(["8,6", "8,8", "9,9", "8,", ","])
    names = st.sampled_from(["Invented Hosp-OH", "Lakeshore Inv Hosp-OH"])
    tracks = st.sampled_from(["", "Internal Medicine"])
    return st.tuples(names, tracks, years, years).map(lambda cells: f"OHIO,{cells[0]},Toledo,{cells[1]},{code},{cells[2]},{cells[3]}")


def some_of(rows):
    """A few of the rows, in order, at least one."""
    return st.lists(st.sampled_from(range(len(rows))), min_size=1, unique=True).flatmap(lambda places: st.tuples(*(rows[place] for place in sorted(places))))


TEMPLATES = st.tuples(
    st.just("template"), st.sampled_from(sorted(SOURCES)), st.sampled_from(DAYS), st.sampled_from([2026, 2027]), some_of([template_row(ids) for ids in IDS])
)
RESULTS = st.tuples(
    st.just("nrmp"), st.sampled_from(["NRMP Program Results", "A second office"]), st.sampled_from(DAYS), st.just(2027), some_of([nrmp_row(c) for c in CODES])
)
IMPORTS = st.one_of(TEMPLATES, TEMPLATES, RESULTS)
# A number undoes the import at that place, if it was applied and is not undone yet.
STORIES = st.lists(st.one_of(IMPORTS, IMPORTS, st.integers(0, 5)), min_size=2, max_size=9)


# Files as people keep them: rows without a name, ids and codes that cross, one program in several rows.
UNTIDY_ROW = (
    st.tuples(
        st.sampled_from(["", "1400500001", "1400500002", "1400500003"]),
        st.sampled_from(["", "1234140C0", "1234140P0", "2345140C0", "1234140C0 1234140P0", "2345140P0"]),
        st.sampled_from(["", "Lakeshore Invented Hospital", "Harbor Invented Hospital"]),
        st.sampled_from(["", "Toledo"]),
        st.sampled_from(["", "OH"]),
        st.sampled_from(["", "yes", "no"]),
        st.sampled_from(["", "strict"]),
        st.sampled_from(["", "220"]),
        st.sampled_from(["", "0.4"]),
        st.sampled_from(["", "2026-09-15"]),
    )
    .filter(any)
    .map(",".join)
)
UNTIDY_RESULT = st.tuples(st.sampled_from(["", "Invented Hosp-OH"]), st.sampled_from(["8,6", "9,9", "8,", ","]))
UNTIDY_RESULTS = [UNTIDY_RESULT.map(lambda cells, code=code: f"OHIO,{cells[0]},Toledo,,{code},{cells[1]},8,8") for code in (*CODES, "2345140P0")]
UNTIDY = st.one_of(
    st.tuples(st.just("template"), st.sampled_from(sorted(SOURCES)), st.sampled_from(DAYS), st.sampled_from([2026, 2027]),
              st.lists(UNTIDY_ROW, min_size=1, max_size=4).map(tuple)),
    st.tuples(st.just("nrmp"), st.sampled_from(["NRMP Program Results", "A second office"]), st.sampled_from(DAYS), st.just(2027), some_of(UNTIDY_RESULTS)),
)  # fmt: skip
UNTIDY_STORIES = st.lists(st.one_of(UNTIDY, UNTIDY, st.integers(0, 5)), min_size=2, max_size=8)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is done inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def request(one: Import, **more: Any) -> ImportRequest:
    """The file, with what is said about it."""
    preset, source, day, season, rows = one
    header = HEADER if preset == "template" else NRMP_HEADER
    values: dict[str, Any] = {"source": source, "rank": SOURCES.get(source, SourceRank.OFFICIAL), "as_of": day, **more}
    return ImportRequest(data=(header + "\n".join(rows) + "\n").encode(), file_name="t.csv", season=season, preset=preset, **values)


def bring(one: Import) -> ImportBatch | None:
    """Import the file, leaving out what cannot be applied."""
    return apply(request(one), by="test", skip_invalid=True).batch


def tell(story: list[Import | int]) -> list[Import]:
    """Do everything in order; the imports that were applied and not undone."""
    applied = []
    for step in story:
        if not isinstance(step, int):
            applied.append((step, bring(step)))
        elif step < len(applied) and ImportBatch.objects.filter(pk=getattr(applied[step][1], "pk", None), undone_at=None).exists():
            undo_batch(by="test", batch=applied[step][1])
    live = set(ImportBatch.objects.filter(undone_at=None).values_list("pk", flat=True))
    return [step for step, batch in applied if batch and batch.pk in live]


def current() -> tuple[list[Any], list[Any]]:
    """Every current value that is shown or computed with, by what outlives a row: keys and codes."""
    values = [field.name for field in FIELDS]
    columns = ("key", "acgme_id", "nrmp_institution", "name", "city", "state_id", "closed_on", "track_types", "unfilled_share", "unfilled_quota",
               "unfilled_year", "field_states", *values)  # fmt: skip
    years = TrackYear.objects.order_by("track__nrmp_code", "year")
    return (
        list(Program.objects.filter(is_withdrawn=False).order_by("key").values_list(*columns)),
        list(years.values_list("track__program__key", "track__nrmp_code", "track__name", "track__track_type", "year", "quota", "matched", "source__name")),
    )


# --- what a preview promises ---


def values():
    """{(program id, field, code of a track): what is on record}, in the words of the preview; a conflict is known by its state."""
    found = {}
    names = [field.name for field in FIELDS]
    columns = ("id", "field_states", "name", "city", "state_id", "acgme_id", "closed_on", *names)
    for program_id, states, name, city, state, acgme_id, closed, *held in Program.objects.filter(is_withdrawn=False).values_list(*columns):
        parts = {"name": name, "city": city, "state": state or "", "acgme_id": acgme_id or "", "closed_on": closed.isoformat() if closed else ""}
        found |= {(program_id, part, ""): (text, "") for part, text in parts.items()}
        facts = {one: "" if value is None else format_value(BY_NAME[one], value) for one, value in zip(names, held, strict=True)}
        found |= {(program_id, one, ""): (text, " ".join(map(str, states.get(one, ())[:2]))) for one, text in facts.items()}
    for program_id, code, name in Track.objects.values_list("program_id", "nrmp_code", "name"):
        years = TrackYear.objects.filter(track__nrmp_code=code).order_by("year").values_list("year", "quota", "matched")
        numbers = ", ".join(f"{year}: {'?' if matched is None else matched} of {quota}" for year, quota, matched in years)
        found[program_id, TRACK, code] = (f"{code} {name}; {numbers or 'no positions'}", "")
    return found


def differences(before, after):
    """{(program id, field, code): (text before, text after)} of programs and tracks that were on record."""
    changed = {place: (before[place], after.get(place)) for place in before if before[place] != after.get(place)}
    return {place: (was[0], now and now[0]) for place, (was, now) in changed.items()}


def promised(preview):
    """What the preview says of the same, where a conflict has no value."""
    found = {}
    for change in preview.changes:
        code = change.before[:9] if change.field == TRACK else ""
        before = "" if change.kind is ChangeKind.SETTLED else change.before
        after = "" if change.kind is ChangeKind.CONFLICT else change.after
        found[change.program_id, change.field, code] = (before, after)
    return found
