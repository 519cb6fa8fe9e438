"""Signals of a list: how many are left, where they would add most, and what they do, in words. No HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from matching.choices import Signal
from matching.engine import Tier, ties
from matching.engine.evidence import Source, sources
from matching.engine.placing import Effect
from matching.presenters.pick_words import READ_MATCHES, matches_in
from matching.services.signal_plan import Sheet, SignalPlan
from matching.services.signals import KINDS
from matching.services.workspace import Line, Workspace
from programs.models import SignalLimit, Specialty
from smartpick.wording import about, about_count, in_ten, odds_range

SHOWN = 10  # rows without a signal and without a suggestion that stand open
UNSAID = "As long as no signal is placed, My list leaves signals out altogether, so it moves by less than they add against sending none."
TIES = ("signal_gold", "signal_silver", "signal_single", "signal_not_sent")


@dataclass(frozen=True)
class Choice:
    """One kind of signal at one program: a button that places it, or takes it back where it is `on`."""

    kind: str
    label: str
    on: bool
    suggested: bool


@dataclass(frozen=True)
class SignalRow:
    """One application. `adds` is the match chance that its signal adds, 0 without one; `closed` says why no signal can go there, "" where one can."""

    key: str
    url: str
    name: str
    place: str
    tier: str
    chance: float
    low: float
    high: float
    choices: tuple[Choice, ...]
    adds: float
    effect: str
    effect_range: str
    closed: str

    @property
    def rank(self) -> int:
        """Where it stands: gold signals first, placed or suggested, then silver ones, then programs without."""
        return next((place for place, choice in enumerate(self.choices) if choice.on or choice.suggested), len(Signal))

    @property
    def first(self) -> bool:
        """Whether a signal is placed or suggested here."""
        return self.rank < len(Signal)


@dataclass(frozen=True)
class SheetPanel:
    """One specialty. `counter` is how many of each kind are used, `source` whose limit it is, `doubt` what is wrong with it."""

    code: str
    name: str
    counter: str
    source: str
    source_url: str
    doubt: str
    told: str
    suggestions: int
    rows: tuple[SignalRow, ...]

    @property
    def open_rows(self) -> tuple[SignalRow, ...]:
        """What stands open: signals placed and suggested, and a few more that could have one."""
        return self.rows[: self._cut]

    @property
    def folded_rows(self) -> tuple[SignalRow, ...]:
        """The rest."""
        return self.rows[self._cut :]

    @property
    def _cut(self) -> int:
        return sum(row.first for row in self.rows) + min(SHOWN, sum(not (row.first or row.closed) for row in self.rows))


class SignalsPage:
    """What `matching/signals.html` shows of a list. Lazy; queries: those of a SignalPlan, and 1."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.saved, self.plan = workspace, workspace.saved, SignalPlan(workspace)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Specialties by code."""
        return dict(Specialty.objects.filter(code__in=list(self.workspace.sets)).values_list("code", "name"))

    @cached_property
    def panels(self) -> list[SheetPanel]:
        """One a specialty."""
        return [self._panel(sheet) for sheet in self.plan.sheets]

    @property
    def sentence(self) -> str:
        """The answer: what the signals do."""
        now, everything = self.plan.as_placed, self.plan.with_all
        if everything is None:
            return "No signal can be suggested for your list yet."
        placed = f"The signals you placed add {effect_in_words(now)}." if now else ""
        if not any(sheet.proposal for sheet in self.plan.sheets):
            return placed
        start = "With those suggested as well: " if now else "Your signals, placed as suggested, add "
        return f"{placed} {start}{effect_in_words(everything)}.".strip()

    @property
    def on_my_list(self) -> str:
        """What My list says now, and would with all suggested signals; "" without any signal."""
        now, then = self.workspace.outlook, self.plan.match_with_all
        if now is None or then is None:
            return ""
        new = any(sheet.proposal for sheet in self.plan.sheets)
        told = f"My list says: match chance {about(in_ten(now.middle.match))} now{f', {about(in_ten(then))} with those suggested' if new else ''}."
        return told if self.plan.as_placed else f"{told} {UNSAID}"

    @property
    def read_matches(self) -> str:
        """How a gain is to be read."""
        return READ_MATCHES

    @property
    def sources(self) -> list[Source]:
        """Where the amounts come from."""
        return [sources()[name] for name in dict.fromkeys(ties()[tie].source for tie in TIES)]

    def _panel(self, sheet: Sheet) -> SheetPanel:
        limit = sheet.limit
        rows = [self._row(line, kind, sheet) for line, kind in zip(sheet.lines, sheet.suggested, strict=True)]
        rows.sort(key=lambda row: (row.rank, bool(row.closed), -row.adds))
        return SheetPanel(
            code=sheet.specialty,
            name=self.names.get(sheet.specialty, sheet.specialty),
            counter=counter(sheet),
            source=_source(limit),
            source_url=limit.source_url if limit else "",
            doubt=_doubt(limit, self.saved.season),
            told=_told(sheet),
            suggestions=len(sheet.proposal),
            rows=tuple(rows),
        )

    def _row(self, line: Line, suggested: str, sheet: Sheet) -> SignalRow:
        now, closed = self.workspace.now[line.key], _closed(line)
        effect = sheet.effects.get(line.key)
        kinds = [] if closed and not line.signal else [kind for kind in KINDS if kind in sheet.limits or kind == line.signal]
        numbers = (now.tier.word, now.chance, now.low, now.high) if now else ("", 0.0, 0.0, 0.0)
        return SignalRow(
            line.key,
            f"{reverse('programs:detail', args=[line.key])}?specialty={line.specialty}",
            line.name,
            ", ".join(part for part in (line.city, line.state or "") if part),
            *numbers,
            tuple(Choice(kind.value, _label(kind), kind == line.signal, kind == suggested) for kind in kinds),
            *_told_of(effect),
            closed,
        )


def _label(kind: Signal) -> str:
    return kind.label[:1].upper() + kind.label[1:].removesuffix(" signal")


def counter(sheet: Sheet) -> str:
    """How many of each kind are used, as in 2 of 3 gold, 5 of 12 silver; "" where no limit is known."""
    parts = [f"{sheet.placed[kind]} of {count} {'' if kind == Signal.SINGLE else kind.value}".strip() for kind, count in sheet.limits.items()]
    return f"{', '.join(parts)} used" if parts else ""


def effect_in_words(effect: Effect) -> str:
    """What signals add to a whole list: interviews on average and matches, each with its range."""
    low, mid, high = effect.interviews
    expected = about_count(max(mid, 0.0))
    noun = "interview" if expected == "about 1" else "interviews"
    return f"{expected} {noun} on average ({_number(low)} to {_number(high)}) and {match_in_words(effect)}"


def match_in_words(effect: Effect) -> str:
    """The matches alone: "1 match in 120 (1 in 700 to 1 in 45)"."""
    low, mid, high = effect.match
    return f"{matches_in(mid)} ({odds_range(max(low, 0.0), high)})" if mid > 0 else "nothing"


def _told_of(effect: Effect | None) -> tuple[float, str, str]:
    """(match chance, words, range in words) of one signal."""
    if effect is None or effect.match.mid <= 0:
        return 0.0, "nothing" if effect else "", ""
    return effect.match.mid, matches_in(effect.match.mid), odds_range(max(effect.match.low, 0.0), effect.match.high)


def _number(value: float) -> str:
    return f"{max(value, 0.0):.1f}".removesuffix(".0")


def _source(limit: SignalLimit | None) -> str:
    return f"{limit.source}, as of {limit.as_of.day} {limit.as_of:%b %Y}" if limit else ""


def _doubt(limit: SignalLimit | None, season: int) -> str:
    """What is wrong with a limit; "" for one of the season from who makes the rule."""
    if limit is None:
        return "How many signals this specialty has is not known here, so none can be counted or suggested. Look it up with the application service."
    older = "" if limit.season == season else f"The number for {season} is not known here: this one is of {limit.season}."
    second = "" if limit.source_kind == SignalLimit.SourceKind.PRIMARY else "This number comes second-hand, not from who makes the rule."
    return " ".join(part for part in (older, second, "Check it with the application service." if older or second else "") if part)


def _closed(line: Line) -> str:
    if line.tier is None:
        return "not ranked"
    if line.tier == Tier.EXCLUDED:
        return "excluded: a signal would be lost here"
    return "takes no part in signals" if line.signals_used is False else ""


def _told(sheet: Sheet) -> str:
    """What is left to place, and where; or why nothing is suggested."""
    if not sheet.limits:
        return ""
    if not sheet.lines:
        return "No program of this specialty is on your list yet, so there is nowhere to place a signal."
    if not sheet.weighed:
        return "No rank lists are published for this specialty, so where a signal adds most cannot be told."
    left = {kind: count - sheet.placed[kind] for kind, count in sheet.limits.items()}
    if any(count < 0 for count in left.values()):
        return "More are placed than there are: take some back."
    return "All signals are placed." if not any(left.values()) else "" if sheet.proposal else "No program is left where a signal would add anything."
