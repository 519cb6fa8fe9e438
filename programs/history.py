"""Reads of the history behind programs, tracks and fields."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from programs.bulk import chunks
from programs.identity import NO_RANK, ProgramRow, TrackRow, Years
from programs.models import Fact, FactIndex, ProgramStatement, Source, TrackStatement
from programs.resolution import FactRow
from programs.said import Said, unpack_said

PROGRAM_COLUMNS = ("name", "city", "state", "acgme_id", "nrmp_institution", "closed_on", "source__rank", "about", "as_of", "id")
TRACK_COLUMNS = ("nrmp_code", "program_id", "name", "track_type", "years", "source__rank", "about", "as_of", "id", "source_id", "batch_id")
FACT_COLUMNS = ("program_id", "field", "value", "strictness", "source__rank", "as_of", "season", "source_id", "id")
RANK = 6  # place of the rank in ProgramRow; a statement without a source has none


def program_rows(program_ids: Iterable[int]) -> dict[int, list[ProgramRow]]:
    """Live statements about what programs are, by program id."""
    found: dict[int, list[ProgramRow]] = defaultdict(list)
    for some in chunks(sorted(set(program_ids))):
        live = ProgramStatement.objects.filter(program_id__in=some, withdrawn_at=None).order_by()
        for program_id, *row in live.values_list("program_id", *PROGRAM_COLUMNS):
            row[RANK] = NO_RANK if row[RANK] is None else row[RANK]
            found[program_id].append(ProgramRow(*row))
    return found


def track_rows(codes: Iterable[str]) -> dict[str, list[TrackRow]]:
    """Live statements about tracks, by NRMP code; a program that is withdrawn has none."""
    found: dict[str, list[TrackRow]] = defaultdict(list)
    for some in chunks(sorted(set(codes))):
        live = TrackStatement.objects.filter(nrmp_code__in=some, withdrawn_at=None, program__is_withdrawn=False).order_by()
        for code, program_id, name, letter, years, rank, *rest in live.values_list(*TRACK_COLUMNS):
            found[code].append(TrackRow(code, program_id, name, letter, unpack_years(years), NO_RANK if rank is None else rank, *rest))
    return found


def codes_stated(program_ids: Iterable[int]) -> set[str]:
    """NRMP codes that live statements name as tracks of these programs."""
    found: set[str] = set()
    for some in chunks(sorted(set(program_ids))):
        found.update(TrackStatement.objects.filter(program_id__in=some, withdrawn_at=None).values_list("nrmp_code", flat=True))
    return found


def pack_years(years: Years) -> dict[str, list[int | None]]:
    """Positions by year as `TrackStatement.years` keeps them."""
    return {str(year): [quota, matched] for year, (quota, matched) in years.items()}


def unpack_years(packed: dict[str, list[int]]) -> dict[int, tuple[int, int | None]]:
    """The reverse of `pack_years`."""
    return {int(year): (quota, matched) for year, (quota, matched) in packed.items()}


def fact_rows(program_ids: Sequence[int]) -> dict[int, list[FactRow]]:
    """Live facts by program id, for resolution; at most `bulk.CHUNK` programs."""
    facts: dict[int, list[FactRow]] = defaultdict(list)
    live = Fact.objects.filter(program_id__in=program_ids, withdrawn_at=None).order_by()
    for program_id, *fact in live.values_list(*FACT_COLUMNS).iterator(chunk_size=2_000):
        facts[program_id].append(FactRow(*fact))
    return facts


def indexes(program_ids: Iterable[int]) -> dict[int, Said]:
    """What each source last said, by program id; programs that nobody stated anything about are left out."""
    found: dict[int, Said] = {}
    texts: dict[str, str] = {}
    for some in chunks(sorted(set(program_ids))):
        rows = FactIndex.objects.filter(program_id__in=some).values_list("program_id", "said").iterator(chunk_size=1_000)
        found.update((program_id, unpack_said(packed, texts)) for program_id, packed in rows)
    return found


def source_ranks() -> dict[int, int]:
    """{source id: SourceRank}."""
    return dict(Source.objects.values_list("id", "rank"))
