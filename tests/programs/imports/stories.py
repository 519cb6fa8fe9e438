"""Imports in random order with undos anywhere: what they are drawn from, and what is on record afterwards. Every name is invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from programs.choices import SourceRank
from programs.fields import FIELDS
from programs.imports.services import ImportRequest, apply
from programs.models import ImportBatch, Program, TrackYear
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
