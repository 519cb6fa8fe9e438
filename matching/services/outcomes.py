"""What became of applications, from lists whose owners share it: counted when asked for, copied nowhere, so it ends when sharing ends.

Nothing but counts leaves this module, and none that rests on fewer than LEAST_REPORTS people. Invented applicants and programs never count.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

from django.db.models import Case, Count, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When

from applicants.models import Profile
from matching.choices import Step
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.services.editing import count_as_use, keep_event, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from matching.services.season import INVITATIONS
from programs.models import CalendarEvent

# From so many people on is a figure shown: with fewer one could guess who is behind it, and it would say little.
LEAST_REPORTS = 10
# Where bands of stated chances part: the tiers' own edges, with one between and two above, where a reader can tell odds apart.
BAND_EDGES = (0.0, 0.03, 0.05, 0.1, 0.2, 1 / 3, 1.0)
BAND_NAMES = ("below 1 in 33", "1 in 33 to 1 in 20", "1 in 20 to 1 in 10", "1 in 10 to 1 in 5", "1 in 5 to 1 in 3", "1 in 3 or more")
NORMAL_95 = 1.96  # standard errors either way hold 95 of 100 samples
# Until rank lists close, silence may still become an invitation.
ANSWERED_BY = "ranking-closes"


@dataclass(frozen=True)
class ProgramOutcomes:
    """What people who share report of one program: counts of people. `first` and `last` are Match years."""

    applied: int
    invited: int
    matched: int
    first: int
    last: int


@dataclass(frozen=True)
class Band:
    """Applications whose stated chance lay in one band, of seasons that are over: how many, of how many people, and what came of them.

    `expected` is the sum of their stated chances; `low` and `high` end the 95% interval of the share invited.
    """

    name: str
    people: int
    applications: int
    expected: float
    invited: int
    low: float
    high: float


@dataclass(frozen=True)
class Calibration:
    """Bands with enough people, and how many people and applications count in all, those of the other bands too."""

    bands: tuple[Band, ...]
    sharing: int


def share_outcomes(*, by: str, profile: Profile, match_year: int, shares: bool) -> None:
    """Let the outcomes of this season's list count in what others see; or those of no season any more, past ones too.

    Raises ListError where there is no list to share.
    """
    refuse_other_season(match_year)
    with writing_results():
        held = locked_profile(profile)
        lists = ProgramList.objects.filter(profile=held, **({"season": match_year} if shares else {}))
        if not lists.update(shares_outcomes=shares) and shares:
            raise ListError("There is no list yet: put programs on it first.")
        keep_event(by, "outcomes:share" if shares else "outcomes:end", held)
        count_as_use(held)


def shared_seasons(profile: Profile) -> tuple[int, ...]:
    """The Match years whose lists the applicant shares, in order. 1 query."""
    return tuple(ProgramList.objects.filter(profile=profile, shares_outcomes=True).order_by("season").values_list("season", flat=True))


def program_outcomes(program_id: int) -> ProgramOutcomes | None:
    """What is reported of one program; None from fewer than LEAST_REPORTS people. 1 query."""
    found = (
        _shared()
        .filter(program_id=program_id)
        .aggregate(
            applied=Count("list__profile", distinct=True),
            invited=Count("list__profile", distinct=True, filter=Q(was_invited=True)),
            matched=Count("list__profile", distinct=True, filter=Q(has_matched=True)),
            first=Min("list__season"),
            last=Max("list__season"),
        )
    )
    return ProgramOutcomes(**found) if found["applied"] >= LEAST_REPORTS else None


def calibration(today: date) -> Calibration:
    """Stated chances against what happened, in seasons whose rank lists have closed. 3 queries, however many reports there are.

    An application counts when its chance was kept as it was sent, and it was not withdrawn unanswered.
    """
    over = list(CalendarEvent.objects.filter(key=ANSWERED_BY, date__lt=today).values_list("season", flat=True))
    counted = _shared().filter(list__season__in=over, stated_chance__isnull=False).exclude(Q(has_withdrawn=True) & Q(was_invited=False))
    rows = counted.annotate(band=_band()).values("band").order_by("band")
    found = rows.annotate(
        people=Count("list__profile", distinct=True), applications=Count("pk"), expected=Sum("stated_chance"), hits=Count("pk", filter=Q(was_invited=True))
    )
    bands = tuple(_as_band(*row) for row in found.values_list("band", "people", "applications", "expected", "hits") if row[1] >= LEAST_REPORTS)
    return Calibration(bands, _sharing())


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson's score: (low, high) within 0 to 1. (0, 1) where nothing is counted. Pure."""
    if not count:
        return 0.0, 1.0
    share, square = hits / count, NORMAL_95**2 / count
    middle = (share + square / 2) / (1 + square)
    half = sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def band_of(chance: float) -> int:
    """The place in BAND_NAMES that a stated chance (0 to 1) belongs to. Pure."""
    return max(place for place, edge in enumerate(BAND_EDGES[:-1]) if chance >= edge)


def _shared() -> QuerySet[ListEntry]:
    """Applications of real people who share, to real programs: those with any step."""
    entries = ListEntry.objects.filter(list__shares_outcomes=True, list__profile__is_demo=False, program__is_demo=False)
    steps = SeasonStep.objects.filter(entry=OuterRef("pk"))
    return entries.annotate(
        was_invited=Exists(steps.filter(step__in=INVITATIONS)),
        has_matched=Exists(steps.filter(step=Step.MATCHED)),
        has_withdrawn=Exists(steps.filter(step=Step.WITHDRAWN)),
    ).filter(Exists(steps))


def _sharing() -> int:
    """How many real people share at all; 0 below LEAST_REPORTS, where nothing is told."""
    count = ProgramList.objects.filter(shares_outcomes=True, profile__is_demo=False).values("profile").distinct().count()
    return count if count >= LEAST_REPORTS else 0


def _band() -> Case:
    """`band_of` in the database."""
    cases = (When(stated_chance__gte=low, stated_chance__lt=high, then=Value(place)) for place, (low, high) in enumerate(pairwise(BAND_EDGES)))
    return Case(*cases, default=Value(len(BAND_NAMES) - 1), output_field=IntegerField())


def _as_band(place: int, people: int, applications: int, expected: float, invited: int) -> Band:
    return Band(BAND_NAMES[place], people, applications, expected, invited, *wilson(invited, applications))
