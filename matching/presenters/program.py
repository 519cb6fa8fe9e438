"""The program page: the answer for this applicant first, then what the program states and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from applicants.choices import ApplicantType, VisaNeed
from applicants.profile import ProfileData
from matching.adapters import FIRM_BY_NATURE
from matching.engine import Criterion, Explanation
from matching.presenters.licensing import attempts_so_far, warning
from matching.presenters.rows import Row, rows, this_applicant
from matching.presenters.why import Why, why
from matching.presenters.words import CRITERIA, Applicant, criterion_sentence
from matching.queries import application_service, licensing_limit, signal_limit
from matching.services.ranking import Ranking, explanations, position_of, rank
from programs.choices import Strictness
from programs.display import display, display_text
from programs.fields import FIELDS, Group, Value
from programs.models import ApplicationService, Fact, LicensingLimit, Program, SignalLimit, TrackYear
from programs.provenance import Provenance, facts_of, provenance
from smartpick.charts import Columns, QuartileStrip, RangeDot, YearCount, columns, quartile_strip

# What these fields state concerns only some applicants: the kind of IMG, or the visa need.
ONLY_FOR_KIND = {"accepts_us_img": ApplicantType.US_IMG, "accepts_non_us_img": ApplicantType.NON_US_IMG}
ONLY_FOR_VISA = {
    "visa_j1": (VisaNeed.J1, VisaNeed.EITHER),
    "visa_h1b": (VisaNeed.H1B, VisaNeed.EITHER),
    "step3_needed_for_h1b": (VisaNeed.H1B, VisaNeed.EITHER),
}


@dataclass(frozen=True)
class FactLine:
    """One field, as components/fact_table.html shows it."""

    label: str
    value: str
    strictness: str
    stale: bool
    conflict: str
    source: str
    source_url: str
    as_of: object
    standing: str
    standing_text: str


@dataclass(frozen=True)
class FactGroup:
    """The fields under one heading."""

    title: str
    lines: tuple[FactLine, ...]


def fact_groups(program: Program, said: Mapping[str, Provenance], explained: Explanation | None, applicant: Applicant | None) -> list[FactGroup]:
    """Every field of the program, by group; with the applicant's standing where there is one."""
    return [
        FactGroup(group.value, tuple(_line(program, said[field.name], explained, applicant) for field in FIELDS if field.group is group)) for group in Group
    ]


def _line(program: Program, one: Provenance, explained: Explanation | None, applicant: Applicant | None) -> FactLine:
    field, fact = one.field, one.deciding
    criterion = _criterion_of(field.name, applicant)
    standing = _standing(criterion, explained) if criterion is not None and explained and (fact or one.dispute) else ""
    if standing == "met" and (one.dispute or (field.name in ONLY_FOR_VISA and getattr(program, field.name) is False)):
        standing = ""  # met by the other visa, or by something else than this field
    return FactLine(
        label=field.label,
        value=display(field, getattr(program, field.name)),
        strictness=_strictness(field.name, one, getattr(program, field.name)),
        stale=one.state.stale,
        conflict=one.dispute,
        source=fact.source.name if fact else "",
        source_url=fact.url if fact else "",
        as_of=fact.as_of if fact else None,
        standing=standing,
        standing_text=criterion_sentence(criterion, program, applicant) if standing == "not_met" and criterion is not None and applicant else "",
    )


def _strictness(name: str, one: Provenance, value: Value) -> str:
    """How firmly a demand is stated. A "no" to a demand asks nothing, a "yes" to sponsoring neither."""
    demands = value is False if name in FIRM_BY_NATURE else bool(value)
    return Strictness(one.state.strictness).label if one.state.strictness and demands and not one.dispute else ""


def _criterion_of(name: str, applicant: Applicant | None) -> Criterion | None:
    """The criterion that judges a field for this applicant, if any."""
    if (
        applicant is None
        or ONLY_FOR_KIND.get(name, applicant.kind) != applicant.kind
        or applicant.visa_need not in ONLY_FOR_VISA.get(name, (applicant.visa_need,))
    ):
        return None
    return next((criterion for criterion, words in CRITERIA.items() if name in words.fields), None)


def _standing(criterion: Criterion, explained: Explanation) -> str:
    if criterion in explained.excluded_by or criterion in explained.preferences_unmet:
        return "not_met"
    return "unknown" if criterion in explained.unknown else "met"


@dataclass(frozen=True)
class TrackLine:
    """One track with its positions over the years; `chart` is None where no year is known."""

    code: str
    name: str
    kind: str
    chart: Columns | None


def track_lines(program: Program) -> list[TrackLine]:
    """Tracks of the program; needs `tracks__years` prefetched."""
    return [TrackLine(track.nrmp_code, track.name, track.get_track_type_display(), _year_chart(list(track.years.all()))) for track in program.tracks.all()]


def _year_chart(years: list[TrackYear]) -> Columns | None:
    return columns([YearCount(year.year, year.quota, year.matched) for year in years]) if years else None


def resident_strip(program: Program, score: int | None) -> QuartileStrip | None:
    """Step 2 CK of the residents with the applicant's score; None where no quartile is known."""
    quartiles = (program.step2_q1, program.step2_median, program.step2_q3)
    return quartile_strip(*quartiles, score) if any(quartiles) else None


@dataclass(frozen=True)
class HistoryLine:
    """One statement, as the history shows it."""

    label: str
    value: str
    strictness: str
    source: str
    rank: str
    url: str
    as_of: object
    season: int
    withdrawn: bool


def history(facts: list[Fact]) -> list[HistoryLine]:
    """Every statement about the program, by field, newest first."""
    order = {field.name: place for place, field in enumerate(FIELDS)}
    by_field = {field.name: field for field in FIELDS}
    return [
        HistoryLine(
            label=by_field[fact.field].label,
            value=display_text(by_field[fact.field], fact.value),
            strictness=fact.strictness,
            source=fact.source.name,
            rank=fact.source.get_rank_display(),
            url=fact.url,
            as_of=fact.as_of,
            season=fact.season,
            withdrawn=fact.withdrawn_at is not None,
        )
        for fact in sorted(facts, key=lambda fact: order[fact.field])
    ]


class ProgramPage:
    """What the program page and the "why" fragment read. Lazy; ranking 3 queries, facts 1."""

    def __init__(self, program: Program, profile: ProfileData | None, query: str, *, match_year: int) -> None:
        self.program, self.profile, self.query, self.match_year = program, profile, query, match_year

    @cached_property
    def ranking(self) -> Ranking | None:
        """The applicant's ranking of this program's specialty; None where nobody is asking."""
        return rank(self.profile, specialty=self.program.specialty_id, match_year=self.match_year) if self.profile else None

    @cached_property
    def position(self) -> int | None:
        """Where the program stands in the ranking's arrays; None where it is not ranked."""
        return position_of(self.ranking, self.program.key) if self.ranking else None

    @cached_property
    def facts(self) -> list[Fact]:
        """Every statement about the program."""
        return facts_of(self.program)

    @cached_property
    def said(self) -> dict[str, Provenance]:
        """Who says what, by field."""
        return provenance(self.facts, season=self.match_year)

    @cached_property
    def applicant(self) -> Applicant | None:
        """The applicant's side of the sentences."""
        return this_applicant(self.ranking) if self.ranking else None

    @cached_property
    def explained(self) -> Explanation | None:
        """The sum behind the result here."""
        return explanations(self.ranking, np.array([self.position]))[0] if self.ranking and self.position is not None else None

    @cached_property
    def row(self) -> Row | None:
        """Tier, chance and reasons, as on the list."""
        if self.ranking is None or self.position is None or self.explained is None:
            return None
        return rows(self.ranking, np.array([self.position]), {self.program.pk: self.program}, [self.explained], self.query)[0]

    @cached_property
    def why(self) -> Why | None:
        """The full sum; None where the program is not ranked for anybody here."""
        if self.ranking is None or self.position is None or self.applicant is None:
            return None
        return why(self.ranking, self.position, self.program, self.said, self.applicant)

    @cached_property
    def chance_chart(self) -> RangeDot | None:
        """The chance with its range; None where excluded or not ranked."""
        return self.row.dot if self.row else None

    @cached_property
    def licensing_limit(self) -> LicensingLimit | None:
        """What is known of the state's board."""
        return licensing_limit(self.program.state_id)

    @property
    def licensing_warning(self) -> str:
        """What that board may object to; "" for nothing, or nobody asking."""
        return warning(self.licensing_limit, attempts_so_far(self.ranking.applicant)) if self.ranking else ""

    @cached_property
    def service(self) -> ApplicationService | None:
        """Who takes the applications."""
        return application_service(self.program.specialty_id, self.match_year)

    @cached_property
    def signals(self) -> SignalLimit | None:
        """How many signals the specialty gives."""
        return signal_limit(self.program.specialty_id, self.match_year)

    @property
    def fact_groups(self) -> list[FactGroup]:
        """The fact table."""
        return fact_groups(self.program, self.said, self.explained, self.applicant)

    @property
    def residents(self) -> QuartileStrip | None:
        """The residents' scores."""
        return resident_strip(self.program, self.applicant.score if self.applicant else None)

    @property
    def tracks(self) -> list[TrackLine]:
        """Tracks with their positions by year."""
        return track_lines(self.program)

    @property
    def history(self) -> list[HistoryLine]:
        """Every statement, by field."""
        return history(self.facts)
