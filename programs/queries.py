"""Reads that have a name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet

from programs.bulk import chunks
from programs.fees import FeeSchedule, FeeStep, with_earlier
from programs.models import ApplicationFee, ApplicationService, DataVersion, Program, Track
from programs.track_summary import Offer


def demonstration_loaded() -> bool:
    """Whether any invented program is in the database."""
    return Program.objects.filter(is_demo=True).exists()


def data_version() -> int:
    """The number of the newest change to program data; 0 before the first."""
    return DataVersion.objects.order_by("-id").values_list("id", flat=True).first() or 0


def program_ids_by_key(keys: Iterable[str]) -> dict[str, int]:
    """{key: id} for those of `keys` that exist."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(keys))):
        found.update(Program.objects.filter(key__in=some).values_list("key", "id"))
    return found


def offers(program_ids: Sequence[int]) -> dict[int, list[Offer]]:
    """Every track and year by program id, a track without years once; at most `bulk.CHUNK` programs."""
    found: dict[int, list[Offer]] = defaultdict(list)
    tracks = Track.objects.filter(program_id__in=program_ids).order_by()
    for program_id, letter, year, quota, matched in tracks.values_list("program_id", "track_type", "years__year", "years__quota", "years__matched"):
        found[program_id].append(Offer(letter, year, quota, matched))
    return found


def matching_programs(*, text: str, specialty: str, state: str) -> QuerySet[Program]:
    """Programs, but withdrawn ones, whose name, city or key holds every word of `text`; "" asks for nothing."""
    shown = ("key", "name", "city", "closed_on", "program_type", "specialty__name", "state__name")
    found = Program.objects.filter(is_withdrawn=False).select_related("specialty", "state").only(*shown)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(city__icontains=word) | Q(key__icontains=word))
    if specialty:
        found = found.filter(specialty_id=specialty)
    if state:
        found = found.filter(state_id=state)
    return found


def fee_schedule(specialty: str, season: int) -> FeeSchedule:
    """What applications in a specialty cost in the season that ends with the Match of `season`; earlier prices stand in for missing ones. 2 queries."""
    return fee_schedules([specialty], season)[specialty]


def fee_schedules(specialties: Collection[str], season: int) -> dict[str, FeeSchedule]:
    """`fee_schedule` of each of `specialties`. 2 queries, however many they are."""
    rows = ApplicationService.objects.filter(specialty_id__in=specialties, season__lte=season).order_by("season")
    services = dict(rows.values_list("specialty_id", "service"))  # the newest comes last and stays
    steps: dict[str, dict[int, list[FeeStep]]] = {}
    for row in ApplicationFee.objects.filter(service__in=set(services.values()), season__lte=season).order_by("-season", "from_program"):
        step = FeeStep(row.from_program, row.to_program, row.fee_usd, row.flat, row.season)
        steps.setdefault(row.service, {}).setdefault(row.season, []).append(step)
    return {code: with_earlier(services.get(code, ""), season, list(steps.get(services.get(code, ""), {}).values())) for code in specialties}
