"""A list in pictures: its chances by tier beside those of all programs, the applicant's score among the residents of each, and what more applications bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from django.http import QueryDict
from django.urls import reverse

from applicants.choices import Exam, Outcome
from applicants.profile import ProfileData
from matching.engine import Tier
from matching.engine.evidence import tier_bands
from matching.presenters.build import BuildPage
from matching.services.build import Wish, propose
from matching.services.pools import Unsaved
from matching.services.ranking import Ranking
from matching.services.workspace import Line, Workspace
from programs.models import Program
from programs.resolution import unpack
from smartpick.score_strips import ABOVE, BELOW, INSIDE, Quartiles, Strip, Strips, score_strips
from smartpick.tier_columns import TierColumns, tier_columns
from smartpick.wording import about_one_in, one_in, plural

SHOWN = 20  # strips before one has to ask for the rest: about a screen of them
SCORES, WHOLE = "scores", "all"  # how the address asks
QUARTILE_COLUMNS = ("step2_q1", "step2_median", "step2_q3")


@dataclass(frozen=True)
class Spread:
    """One picture of chances, and the sentence that says what it shows."""

    title: str
    sentence: str
    chart: TierColumns


@dataclass(frozen=True)
class ScoreLine:
    """One program with its residents' scores; `stale`: some of them were stated for an earlier season."""

    name: str
    place: str
    url: str
    strip: Strip
    stale: bool


@dataclass(frozen=True)
class Unstated:
    """A program whose residents' scores nobody states."""

    name: str
    url: str


class ListChartsPage:
    """What `matching/charts.html` reads.

    `ranking` is that of one specialty, named `specialty`; `workspace` the reader's list (None: there is none); `whole` shows the strips of all
    programs at once. Queries on first use: `scores` 1, `curve` those of a proposal, and those of a Workspace.
    """

    def __init__(self, ranking: Ranking, specialty: str, workspace: Workspace | None, *, whole: bool = False) -> None:
        self.ranking, self.specialty, self.workspace, self.whole = ranking, specialty, workspace, whole

    @property
    def applications(self) -> tuple[Line, ...]:
        """What is on the list."""
        return self.workspace.applications if self.workspace else ()

    # --- chances ---

    @cached_property
    def mine(self) -> Spread | None:
        """The chances of the list, connections and signals counted in; None where nothing on it is open."""
        if not self.workspace:
            return None
        found = [self.workspace.now[line.key] for line in self.applications]
        chances = [now.chance for now in found if now and now.tier is not Tier.EXCLUDED]
        return _spread("Your list", "of your list", chances, len(found) - len(chances))

    @cached_property
    def all(self) -> Spread | None:
        """The chances of all ranked programs of the specialty; None where none is open."""
        tiers, chances = self.ranking.scores.tier[0], self.ranking.scores.chance[0]
        open_ = chances[tiers != Tier.EXCLUDED].tolist()
        return _spread(f"All programs of {self.specialty}", f"of {self.specialty}", open_, len(tiers) - len(open_))

    @property
    def spreads(self) -> list[Spread]:
        """Those there are, the list first."""
        return [spread for spread in (self.mine, self.all) if spread]

    @property
    def tiers_note(self) -> str:
        """Where the tiers part."""
        least = " and ".join(f"{tier} from {one_in(chance)}" for tier, chance in tier_bands() if chance)
        return f"Tiers go by the chance of an interview: {least} on."

    # --- more applications, and what they bring ---

    @cached_property
    def curve(self) -> BuildPage:
        """The best list of every size in the specialties of the list, or of the applicant where there is none: its `chart` is None where nothing may come."""
        workspace = self.workspace or Unsaved(self.ranking.profile, self.ranking.season.match_year)
        wish = Wish(specialties=frozenset(line.specialty for line in self.applications))
        return BuildPage(propose(workspace, wish), QueryDict())

    @property
    def curve_sentence(self) -> str:
        """Where the curve flattens, and where the list stands."""
        now = self.curve.present
        here = f" Your list of {plural(now.applications, 'application')} now: {now.match}." if now else ""
        return f"{self.curve.stop_sentence}{here}"

    # --- my score among the residents ---

    @cached_property
    def score(self) -> int | None:
        """Step 2 CK as passed; None where there is none."""
        return _score(self.workspace.profile) if self.workspace else None

    @cached_property
    def _quartiles(self) -> list[tuple[Line, Quartiles, bool]]:
        """Every application with its residents' scores, and whether some are of an earlier season."""
        ids = [line.program_id for line in self.applications]
        rows = Program.objects.filter(pk__in=ids).values_list("pk", "field_states", *QUARTILE_COLUMNS)
        found = {pk: (Quartiles(*values), any(unpack(states.get(name)).stale for name in QUARTILE_COLUMNS)) for pk, states, *values in rows}
        return [(line, *found[line.program_id]) for line in self.applications]

    @property
    def _known(self) -> list[tuple[Line, Quartiles, bool]]:
        """Those of which anything is known, the highest middle first."""
        known = [one for one in self._quartiles if one[1].known]
        return sorted(known, key=lambda one: (-_middle(one[1]), one[0].name, one[0].key))

    @cached_property
    def strips(self) -> Strips:
        """The strips on one axis, in the order of `scores`."""
        return score_strips([quartiles for _, quartiles, _ in self._known], self.score)

    @cached_property
    def scores(self) -> list[ScoreLine]:
        """A line for each program whose residents' scores are known."""
        known = zip(self._known, self.strips.strips, strict=True)
        return [ScoreLine(line.name, _place(line), _url(line), strip, stale) for (line, _, stale), strip in known]

    @property
    def shown(self) -> list[ScoreLine]:
        """The first of them, or where asked all."""
        return self.scores if self.whole else self.scores[:SHOWN]

    @property
    def folded(self) -> int:
        """How many are not shown."""
        return len(self.scores) - len(self.shown)

    @cached_property
    def unstated(self) -> list[Unstated]:
        """The others, by name."""
        others = [line for line, quartiles, _ in self._quartiles if not quartiles.known]
        return [Unstated(line.name, _url(line)) for line in sorted(others, key=lambda line: (line.name, line.key))]

    @property
    def scores_sentence(self) -> str:
        """Where the score lies, how often; or why it cannot be told."""
        count = len(self.scores)
        if not count:
            return "Nobody states the residents' scores of any program on your list."
        known = f"Known of {count} of {plural(len(self.applications), 'program')}."
        if self.score is None:
            return f"{known} You have not given a Step 2 CK score, so only the residents are drawn."
        sides = ((ABOVE, "above the middle half of residents"), (INSIDE, "within it"), (BELOW, "below it"))
        return f"Your {self.score} lies {', '.join(f'{words} at {self.strips.count(side)}' for side, words in sides)}. {known}"


def _spread(title: str, whose: str, chances: Sequence[float], closed: int) -> Spread | None:
    if not chances:
        return None
    chart = tier_columns(chances, tier_bands(), title="Programs by chance of an interview")
    tiers = {head.tier: head.count for head in reversed(chart.heads)}
    split = ", ".join(f"{count:,} {tier}" for tier, count in tiers.items())
    out = f" {closed:,} more {'is' if closed == 1 else 'are'} excluded or not ranked, and not drawn." if closed else ""
    half = f" At half of them it is {about_one_in(median(chances))} or better." if len(chances) > 1 else ""
    return Spread(title, f"{plural(len(chances), 'program')} {whose}: {split}.{half}{out}", chart)


def _score(profile: ProfileData) -> int | None:
    passed = next((sitting for sitting in profile.of(Exam.STEP2_CK) if sitting.outcome == Outcome.PASS), None)
    return passed.score if passed else None


def _middle(one: Quartiles) -> float:
    """What a strip is ordered by: its median, else the middle of what is known."""
    return one.median if one.median is not None else median(one.known)


def _place(line: Line) -> str:
    return ", ".join(part for part in (line.city, line.state or "") if part)


def _url(line: Line) -> str:
    return "" if line.is_withdrawn else f"{reverse('programs:detail', args=[line.key])}?specialty={line.specialty}"
