"""The controls of What-if as templates draw them: where each stands, where the profile has it, and what has to be known beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any
from urllib.parse import urlencode

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.exam_rules import MAX_SITTINGS_PER_STEP, USMLE_SCALE, passing_bar
from applicants.forms.reference import Reference
from applicants.profile import ProfileData
from applicants.validators import YEARS_TO_GRADUATION
from matching.adapters.what_if import EXAM_OF, MONTH_STEP, MONTHS, Wish, nearest, not_asked
from matching.adapters.what_if_address import BOX_OF, MANY, NO, NOT_SAID, SCORES, UNKNOWN, YES, as_text, parameter, parameters
from matching.choices import StepStanding
from matching.presenters.what_if_tries import STEP2_SCORE, tries
from matching.presenters.what_if_words import AWAITED, LABELS, STEP_WORDS, Names, in_words

YEARS_SHOWN = 40  # back from this one, or to the profile's own
# Where a slider ends, unless the profile goes beyond: most applicants find themselves on it, and its steps stay fine.
USUAL: Mapping[str, int] = {"hands_on": 12, "observed": 12, "publications": 20, "research": 20, "volunteering": 20}
FEW = 5  # letters of one kind
MOST_FAILS = 6
# Where a slider stands that counts for nothing, because its answer is not said or there is no score.
UNSAID: Mapping[str, int] = {"step1_score": 230, "step2_score": STEP2_SCORE}
UNSAID_YEARS = 3
SHARED_BOXES: Mapping[str, str] = {"usce_unknown": "Experience in the U.S.: not said", "letters_unknown": "Letters: not said"}
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("you", "You and the specialty", ("specialty", "kind", "visa", "year")),
    ("steps", "Steps", ("step1", "step1_score", "step2", "step2_score", "step3", "fails", "fails_step1", "fails_step2", "fails_step3", "complete")),
    ("certificate", "Certificate", ("ecfmg", "expected")),
    ("usce", "Experience in the U.S.", ("hands_on", "observed", "usce_unknown")),
    ("letters", "Letters", ("letters_us_in", "letters_us_out", "letters_abroad_in", "letters_abroad_out", "letters_unknown")),
    ("activities", "Publications and activities", ("publications", "research", "volunteering")),
    ("places", "Places and types", ("preferred", "ruled_out", "ruled_out_types")),
)
OPEN_AT_FIRST = frozenset({"you", "steps"})
UNSAID_CHOICE = (UNKNOWN, "Not said")
MENUS: Mapping[str, Sequence[tuple[str, str]]] = {
    "kind": ApplicantType.choices,
    "visa": (*VisaNeed.choices, UNSAID_CHOICE),
    "ecfmg": (*EcfmgStatus.choices, UNSAID_CHOICE),
    "complete": ((YES, "Yes"), (NO, "No")),
}
HELP: Mapping[str, str] = {
    "kind": "A U.S. IMG finished medical school abroad as a U.S. citizen.",
    "complete": "Yes: a Step that is not listed counts as not taken. No: as not said.",
    "research": "The list does not go by these yet.",
    "expected": "Counts only while the certificate is in progress.",
    "step1_score": "Only for Step 1 before January 26, 2022.",
}


@dataclass(frozen=True)
class State:
    """What stands beneath a control, and is renewed with each answer. `own` is where the profile has it, "" where it was not moved."""

    name: str
    own: str
    back_url: str
    note: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """One line of a menu, or one box."""

    value: str
    label: str
    on: bool
    own: bool


@dataclass(frozen=True)
class Control:
    """One control. `draw` is how: range, menu, day, boxes, states or tick. `held` is the value that a script puts back.

    `box` names the box that says "not said", and `ticked` whether it is; a slider that several share stands apart (`draw` tick).
    """

    name: str
    draw: str
    label: str
    state: State
    value: str = ""
    held: str = ""
    text: str = ""
    low: int = 0
    high: int = 0
    step: float = 1
    mark: str = ""
    box: str = ""
    box_held: bool = False
    ticked: bool = False
    shared: bool = False
    help: str = ""
    options: tuple[Option, ...] = ()
    regions: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    unsets: str = field(default="")

    @property
    def parameter(self) -> str:
        """The name of its parameter."""
        return parameter(self.name)

    @property
    def box_parameter(self) -> str:
        """That of its box."""
        return parameter(self.box)

    @property
    def chosen(self) -> int:
        """Boxes that are ticked."""
        return sum(option.on for option in self.options)


@dataclass(frozen=True)
class ControlGroup:
    """Some controls under one heading; `open` where they show at first. `moved` counts those that were."""

    name: str
    title: str
    controls: tuple[Control, ...]
    open: bool
    moved: int


class Controls:
    """All controls for one wish. `rest` are the parameters that the address carries besides. No queries."""

    def __init__(
        self, wish: Wish, reference: Reference, *, rest: Sequence[tuple[str, str]], notes: Mapping[str, str], errors: Mapping[str, Sequence[str]], today: date
    ) -> None:
        self.wish, self.reference, self.rest, self.notes, self.errors, self.today = wish, reference, rest, notes, errors, today
        self.names = Names.of(reference)

    # --- addresses ---

    def address(self, without: Iterable[str] = ()) -> str:
        """The query string of what was moved, but for `without`."""
        left_out = set(without)
        kept = [{name: value for name, value in moved.items() if name not in left_out} for moved in (self.wish.frame_moved, self.wish.moved)]
        return f"?{urlencode([*self.rest, *parameters(*kept)])}"

    @property
    def none_moved(self) -> str:
        """The query string of the profile as it is."""
        return f"?{urlencode(self.rest)}"

    @property
    def drawn(self) -> str:
        """What the controls are drawn for: see `matching.forms.what_if`."""
        frame = self.wish.frame
        return f"{frame.specialty}.{frame.kind.value}.{as_text('complete', frame.complete)}"

    def _with(self, name: str) -> tuple[str, ...]:
        """What goes back together with a control."""
        pair = next((pair for pair in SCORES.items() if name in pair), ())
        if pair and self.wish.held.__dict__[pair[0]] != self.wish.wanted.__dict__[pair[0]]:
            return pair
        group = NOT_SAID.get(BOX_OF.get(name, name), (name,))
        return group if name in NOT_SAID or self._value(name) is None or self._held(name) is None else (name,)

    @property
    def tries(self) -> list[dict[str, str]]:
        """What many want to know first, in words, each with the address that shows it."""
        found = tries(self.wish.base, self.wish.own.specialty, self.today)
        return [{"label": label, "url": f"?{urlencode([*self.rest, *parameters({}, said)])}"} for label, said in found]

    # --- where they stand ---

    def _held(self, name: str) -> Any:  # noqa: ANN401 - as many types as there are controls
        return getattr(self.wish.own if hasattr(self.wish.own, name) else self.wish.held, name)

    def _value(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.wish.frame if hasattr(self.wish.frame, name) else self.wish.wanted, name)

    def state(self, name: str) -> State:
        """What stands beneath a control."""
        together = NOT_SAID.get(name, (name,))
        moved = any(one in self.wish.names for one in together)
        own = "" if not moved or name in SHARED_BOXES else in_words(name, self._held(name), self.names)
        return State(name, own, f"{self.address(self._with(name))}#c-{name}" if own else "", self.notes.get(name, ""), tuple(self.errors.get(name, ())))

    @property
    def shown(self) -> list[str]:
        """Names of all controls that mean something in this frame."""
        hidden = not_asked(self.wish.frame)
        return [name for _, _, names in GROUPS for name in names if name not in hidden]

    @property
    def states(self) -> list[State]:
        """All states, for an answer that leaves the controls as they are."""
        return [self.state(name) for name in self.shown if name not in SHARED_BOXES]

    @property
    def moved(self) -> list[dict[str, str]]:
        """What was moved, in words: label, before, after, and the address that takes it back."""
        names = [name for name in LABELS if name in self.wish.names]
        return [
            {
                "label": LABELS[name],
                "before": in_words(name, self._held(name), self.names),
                "after": in_words(name, self._value(name), self.names),
                "back_url": self.address(self._with(name)),
            }
            for name in names
        ]

    @property
    def groups(self) -> list[ControlGroup]:
        """The controls in their groups."""
        shown, found = set(self.shown), []
        for name, title, members in GROUPS:
            controls = tuple(self._control(member) for member in members if member in shown)
            moved = sum(control.state.own != "" for control in controls)
            wrong = any(control.state.errors for control in controls)
            found.append(ControlGroup(name, title, controls, name in OPEN_AT_FIRST or moved > 0 or wrong, moved))
        return found

    def _control(self, name: str) -> Control:
        if name in SHARED_BOXES:
            held = self._held(NOT_SAID[name][0]) is None
            ticked = self._value(NOT_SAID[name][0]) is None
            return Control(name, "tick", SHARED_BOXES[name], self.state(name), box=name, ticked=ticked, box_held=held)
        if name in MANY:
            return self._boxes(name)
        if name == "expected":
            value, held = self._value(name), self._held(name)
            shown = [value.isoformat() if value else "", held.isoformat() if held else ""]
            return Control(name, "day", LABELS[name], self.state(name), value=shown[0], held=shown[1], help=HELP[name])
        menu = self._menu(name)
        return self._as_menu(name, menu) if menu else self._slider(name)

    # --- menus and boxes ---

    def _menu(self, name: str) -> Sequence[tuple[str, str]]:
        """(value, label) of a menu; none for a slider."""
        if name in EXAM_OF:
            return self._step_menu(name)
        return self.reference.specialties if name == "specialty" else MENUS.get(name, ())

    def _step_menu(self, name: str) -> list[tuple[str, str]]:
        complete = self.wish.frame.complete
        # That a Step is not passed can only be said of a list that is complete, but for Step 2 CK.
        left_out = set() if complete or name == "step2" else {StepStanding.NOT_PASSED}
        words = {**STEP_WORDS[name], **({StepStanding.UNKNOWN: AWAITED} if complete else {})}
        return [(standing.value, words[standing]) for standing in words if standing not in left_out]

    def _as_menu(self, name: str, menu: Sequence[tuple[str, str]]) -> Control:
        value, held = as_text(name, self._value(name)), as_text(name, self._held(name))
        options = tuple(Option(code, label, code == value, code == held) for code, label in menu)
        return Control(name, "menu", LABELS[name], self.state(name), value=value, held=held, options=options, help=HELP.get(name, ""))

    def _boxes(self, name: str) -> Control:
        on, held = set(self._value(name)), set(self._held(name))

        def option(code: str, label: str) -> Option:
            return Option(code, label, code in on, code in held)

        if name == "ruled_out_types":
            options = tuple(option(*one) for one in self.reference.program_types)
            return Control(name, "boxes", LABELS[name], self.state(name), options=options)
        regions = tuple((region, tuple(option(*one) for one in states)) for region, states in self.reference.regions)
        options = tuple(one for _, some in regions for one in some)
        return Control(name, "states", LABELS[name], self.state(name), options=options, regions=regions)

    # --- sliders ---

    def _slider(self, name: str) -> Control:
        value, held, box = self._value(name), self._held(name), BOX_OF.get(name, "")
        low, high = self._ends(name)
        unsaid = UNSAID.get(name, self.today.year - UNSAID_YEARS if name == "year" else 0)
        stands, was = (unsaid if one is None else one for one in (value, held))
        high = max(high, ceil(stands), ceil(was))
        step = MONTH_STEP if name in MONTHS else 1
        shown = [as_text(name, float(nearest(one)) if name in MONTHS else one) for one in (stands, was)]
        return Control(
            name,
            "range",
            LABELS[name],
            self.state(name),
            value=shown[0],
            held=shown[1],
            text=as_text(name, float(stands) if name in MONTHS else stands),
            low=low if low <= stands else stands,
            high=high,
            step=step,
            mark="" if held is None else shown[1],
            box=box,
            box_held=held is None,
            ticked=value is None and bool(box),
            shared=box in SHARED_BOXES,
            help=HELP.get(name, ""),
            unsets=next((step for step, score in SCORES.items() if score == name), ""),
        )

    def _ends(self, name: str) -> tuple[int, int]:
        """Where a slider begins and ends."""
        match name:
            case "year":
                held = self.wish.held.year or self.today.year
                return min(self.today.year - YEARS_SHOWN, held), self.today.year + YEARS_TO_GRADUATION
            case "step1_score" | "step2_score":
                return _lowest_pass(self.wish.base, EXAM_OF[name.removesuffix("_score")]), USMLE_SCALE[1]
            case "fails":
                return 0, MOST_FAILS
            case "fails_step1" | "fails_step2" | "fails_step3":
                return 0, MAX_SITTINGS_PER_STEP
            case _:
                return 0, USUAL.get(name, FEW)


def _lowest_pass(profile: ProfileData, exam: Exam) -> int:
    """The lowest score that may have been a pass on the day of the sitting that passed; with no day, on any."""
    passed = next((sitting for sitting in profile.of(exam) if sitting.outcome == Outcome.PASS), None)
    bar = passing_bar(exam, passed.date if passed else None)
    return bar[0] if bar else USMLE_SCALE[0]
