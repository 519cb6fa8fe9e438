"""The program page: the answer for this applicant first, then what the program states and who says so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.urls import reverse

from applicants.choices import ApplicantType, VisaNeed
from applicants.profile import ProfileData
from matching.engine import Criterion, Explanation
from matching.presenters.licensing import attempts_so_far, warning
from matching.presenters.rows import Row, rows, this_applicant
from matching.presenters.why import Why, why
from matching.presenters.words import Applicant, criterion_sentence
from matching.queries import application_service, licensing_limit, signal_limit
from matching.services.ranking import Ranking, explanations, position_of, rank
from matching.services.wording import CRITERIA
from programs.choices import Strictness
from programs.display import abbreviations_in, display
from programs.fields import FIELDS, FIRM_BY_NATURE, Group, Value
from programs.models import ApplicationService, Fact, LicensingLimit, Program, SignalLimit, TrackYear
from programs.presenters.corrections import SuggestionLine, suggestion_lines
from programs.presenters.history import FieldHistory, NamedLine, field_history, named_lines, tracks_named
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
    """One field, as components/fact_table.html shows it. `stale` names the season that the value was stated for."""

    name: str
    label: str
    value: str
    strictness: str
    stale: str
    conflict: str
    source: str
    source_url: str
    as_of: object
    standing: str
    standing_text: str
    history: FieldHistory | None
    suggest_url: str


@dataclass(frozen=True)
class FactGroup:
    """The fields under one heading."""

    title: str
    lines: tuple[FactLine, ...]


def fact_groups(page: "ProgramPage") -> list[FactGroup]:
    """Every field of the program, by group; with the applicant's standing where there is one."""
    return [FactGroup(group.value, tuple(_line(page, page.said[field.name]) for field in FIELDS if field.group is group)) for group in Group]


def _line(page: "ProgramPage", one: Provenance) -> FactLine:
    field, fact, value = one.field, one.deciding, getattr(page.program, one.field.name)
    standing, text = _standing_of(page, one)
    return FactLine(
        name=field.name,
        label=field.label,
        value=display(field, value),
        strictness=_strictness(field.name, one, value),
        stale=f"stated for the {fact.season} season" if fact and one.state.stale else "",
        conflict=one.dispute,
        source=fact.source.name if fact else "",
        source_url=fact.url if fact else "",
        as_of=fact.as_of if fact else None,
        standing=standing,
        standing_text=text,
        history=page.history_of(one),
        suggest_url=reverse("programs:correction-new", args=[page.program.key, field.name]),
    )


def _standing_of(page: "ProgramPage", one: Provenance) -> tuple[str, str]:
    """Met, not met or not known, and why not met; "" where the field judges nothing for this applicant."""
    criterion = _criterion_of(one.field.name, page.applicant)
    if criterion is None or page.applicant is None or not page.explained or not one.deciding:
        return "", ""
    standing = _standing(criterion, page.explained)
    refused = one.field.name in ONLY_FOR_VISA and getattr(page.program, one.field.name) is False
    if standing == "met" and (one.dispute or refused):
        return "", ""  # met by the other visa, or by something else than this field
    return standing, criterion_sentence(criterion, page.program, page.applicant) if standing == "not_met" else ""


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


class ProgramPage:
    """What the program page and the "why" fragment read. Lazy; ranking 3 queries, facts 1, names and tracks 1 each.

    `decides`: the reader may settle what is disputed. `tokens` are those of the reader's own suggestions.
    """

    def __init__(
        self, program: Program, profile: ProfileData | None, query: str, *, match_year: int, decides: bool = False, tokens: Sequence[str] = ()
    ) -> None:
        self.program, self.profile, self.query, self.match_year = program, profile, query, match_year
        self.decides, self.tokens = decides, tokens

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

    @cached_property
    def facts_by_field(self) -> dict[str, list[Fact]]:
        """Every statement, by field, newest first."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.field].append(fact)
        return found

    def history_of(self, one: Provenance) -> FieldHistory | None:
        """Every statement about one field; None where there is none."""
        facts = self.facts_by_field.get(one.field.name)
        return field_history(one, facts, decide=self.program if self.decides else None) if facts else None

    @property
    def shorts(self) -> list[str]:
        """Abbreviations in the fact table, to be explained above it."""
        return abbreviations_in(*(field.label for field in FIELDS))

    @property
    def fact_groups(self) -> list[FactGroup]:
        """The fact table."""
        return fact_groups(self)

    @cached_property
    def suggestions(self) -> list[SuggestionLine]:
        """What the reader suggested about this program, and what came of it; no query where they suggested nothing."""
        return suggestion_lines(self.program, self.tokens)

    @property
    def residents(self) -> QuartileStrip | None:
        """The residents' scores."""
        return resident_strip(self.program, self.applicant.score if self.applicant else None)

    @property
    def tracks(self) -> list[TrackLine]:
        """Tracks with their positions by year."""
        return track_lines(self.program)

    @cached_property
    def named(self) -> list[NamedLine]:
        """Who said what the program is."""
        return named_lines(self.program)

    @cached_property
    def tracks_named(self) -> list[NamedLine]:
        """Who said what about its tracks."""
        return tracks_named(self.program)
