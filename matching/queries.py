"""Reads that have a name: what may stand on a list, and the season's dates."""

from datetime import date

from django.db.models import Q, QuerySet

from programs.choices import FULL_TRACK_TYPES, OPEN_TRACK_TYPES
from programs.models import ApplicationService, CalendarEvent, LicensingLimit, Program, SignalLimit, State

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
    programs = Program.objects.filter(specialty_id=specialty, closed_on=None)
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
