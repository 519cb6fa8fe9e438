"""Reads that have a name: what may stand on a list, what results rest on, and the season's dates."""

from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet, Subquery

from applicants.models import Profile
from matching.models import Anchoring, ChangeNotice, ListEntry, ProgramList
from programs.choices import FULL_TRACK_TYPES, OPEN_TRACK_TYPES
from programs.models import ApplicationService, CalendarEvent, DataVersion, LicensingLimit, Program, SignalLimit, State
from programs.queries import data_version

# Trains for one year by nature, so its preliminary tracks are the whole of it.
TRANSITIONAL_YEAR = "999"


def _offers(letters: frozenset[str]) -> Q:
    """Offers a track of one of the types, or none is known (then nothing may be concluded)."""
    offers = Q(track_types="")
    for letter in sorted(letters):
        offers |= Q(track_types__contains=letter)
    return offers


def _open_programs(specialty: str) -> QuerySet[Program]:
    """Open programs of one specialty. Invented ones count only while there is no real one: the two are never mixed."""
    programs = Program.objects.filter(specialty_id=specialty, closed_on=None, is_withdrawn=False)
    real = programs.filter(is_demo=False)
    return real if real.exists() else programs


def on_lists(specialty: str) -> QuerySet[Program]:
    """Open programs that train for the whole specialty.

    R tracks need prior U.S. training and one-year preliminary tracks lead no further, so a program
    known to offer nothing else is left out; see `left_out`.
    """
    wanted = OPEN_TRACK_TYPES if specialty == TRANSITIONAL_YEAR else FULL_TRACK_TYPES
    return _open_programs(specialty).filter(_offers(frozenset(wanted)))


def left_out(specialty: str) -> int:
    """How many open programs of the specialty `on_lists` leaves out because of their tracks."""
    return _open_programs(specialty).count() - on_lists(specialty).count()


class Basis(NamedTuple):
    """What every result over one specialty rests on: a version of the program data, and the row of the stored anchoring (None: none)."""

    version: int
    anchoring: int | None = None


def basis_of(specialty: str, season: int, engine: str) -> Basis:
    """The newest program data, and the stored anchoring of one specialty. 1 query."""
    stored = Anchoring.objects.filter(specialty=specialty, season=season, engine=engine).values("pk")[:1]
    newest = DataVersion.objects.order_by("-pk").values_list("pk", Subquery(stored)).first()
    return Basis(*newest) if newest else Basis(0)


def bases(season: int, engine: str) -> tuple[int, dict[str, int]]:
    """The newest program data, and {specialty: row of its stored anchoring}. 2 queries."""
    return data_version(), dict(Anchoring.objects.filter(season=season, engine=engine).values_list("specialty", "pk"))


def season_dates(match_year: int) -> dict[str, date]:
    """{calendar key: date} of one Match year."""
    return dict(CalendarEvent.objects.filter(season=match_year).values_list("key", "date"))


def state_codes() -> tuple[str, ...]:
    """USPS codes in a fixed order: the order of every array over states."""
    return tuple(State.objects.order_by("usps").values_list("usps", flat=True))


def state_names() -> dict[str, str]:
    """{USPS code: name}."""
    return dict(State.objects.values_list("usps", "name"))


def licensing_limits() -> dict[str, LicensingLimit]:
    """{USPS code: what is known of the board's limits}."""
    return {limit.state_id: limit for limit in LicensingLimit.objects.all()}


def licensing_limit(usps: str | None) -> LicensingLimit | None:
    """What is known of one board's limits."""
    return LicensingLimit.objects.filter(state_id=usps).first()


def application_service(specialty: str, match_year: int) -> ApplicationService | None:
    """Who takes the applications of a specialty in a season: the newest row that already holds."""
    return ApplicationService.objects.filter(specialty_id=specialty, season__lte=match_year).order_by("-season").first()


def signal_limit(specialty: str, match_year: int) -> SignalLimit | None:
    """The signals of a specialty: of the season itself, else of the newest one before it."""
    return SignalLimit.objects.filter(specialty_id=specialty, season__lte=match_year).order_by("-season").first()


def signaling_specialties(match_year: int) -> frozenset[str]:
    """The codes of specialties that are known to take signals, in the season or an earlier one. 1 query."""
    return frozenset(SignalLimit.objects.filter(season__lte=match_year).values_list("specialty_id", flat=True))


# --- saved lists ---


def saved_list(profile: Profile, match_year: int) -> ProgramList | None:
    """The applicant's list of one season; None where nothing was ever put on it. 1 query."""
    return ProgramList.objects.filter(profile=profile, season=match_year).first()


def saved_standings(profile: Profile, match_year: int) -> dict[str, str]:
    """What each program is to it (a Standing), by key. 1 query."""
    entries = ListEntry.objects.filter(list__profile=profile, list__season=match_year)
    return dict(entries.values_list("program__key", "standing"))


def changes_since_looked(saved: ProgramList) -> QuerySet[ChangeNotice]:
    """What changed on a list since its owner last looked, the newest first."""
    notices = saved.notices.select_related("program")
    return notices.filter(created_at__gt=saved.looked_at) if saved.looked_at else notices
