"""Writes the demonstration programs. `programs.services.remove_demo_programs` takes them away again."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from programs import bulk
from programs.choices import SourceRank
from programs.demo.generate import generate
from programs.demo.tables import load_tables
from programs.queries import demonstration_loaded
from programs.services import apply_changes, get_or_create_source

DEFAULT_SEED = 2027
DEFAULT_PROGRAMS = 4000
LICENCE = "Invented for this project; says nothing about any real program."


@dataclass(frozen=True)
class DemoLoaded:
    """How many rows the demonstration brought."""

    programs: int
    tracks: int
    facts: int


@transaction.atomic
def load_demo_programs(*, by: str, seed: int = DEFAULT_SEED, programs: int = DEFAULT_PROGRAMS) -> DemoLoaded | None:
    """Write `programs` invented programs; None, and nothing written, where demonstration programs are there already.

    The same seed gives the same rows. Needs the reference tables. Raises ValueError for a number of programs that the
    reserved codes cannot hold, ProgramDataError where the reference tables lack a state or specialty.
    """
    bulk.lock_program_data()
    if demonstration_loaded():
        return None
    tables = load_tables()
    sources = {mix.name: get_or_create_source(name=mix.name, rank=mix.rank, url=mix.url, licence=LICENCE, is_demo=True, by=by) for mix in tables.sources}
    official = next(source for source in sources.values() if source.rank == SourceRank.OFFICIAL)
    source_ids = {name: source.pk for name, source in sources.items()}
    rows = generate(seed=seed, programs=programs, season=settings.MATCH_YEAR, source_ids=source_ids, tables=tables)
    apply_changes(by=by, cause="Demonstration data loaded", programs=rows.programs, tracks=rows.tracks, facts=rows.facts, source=official)
    return DemoLoaded(len(rows.programs), len(rows.tracks), len(rows.facts))
