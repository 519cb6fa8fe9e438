"""Where the signals of a list stand, where they would add most, and what they do. Reads only; matching.services.signals places them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.choices import Signal
from matching.engine import boosts, score, shifted
from matching.engine.placing import Effect, Effects, Signaling, place_signals, signal_effects
from matching.queries import signal_limit
from matching.services.signals import limits_of
from matching.services.workspace import Line, Part, Workspace
from programs.models import SignalLimit


@dataclass(frozen=True)
class Sheet:
    """The signals of one specialty. `limit` is None where none is known; `lines` are its applications that are ranked, in the order of the list.

    `suggested` holds for each line the kind to place there beside what is placed, or "". `weighed`: rank lists are published, without which
    nothing can be suggested.
    """

    specialty: str
    limit: SignalLimit | None
    lines: tuple[Line, ...]
    suggested: tuple[str, ...]
    effects: Mapping[str, Effect]
    weighed: bool

    @property
    def limits(self) -> dict[Signal, int]:
        """{kind: how many there are}."""
        return limits_of(self.limit)

    @property
    def placed(self) -> Counter[Signal]:
        """How many are placed, by kind."""
        return Counter(Signal(line.signal) for line in self.lines if line.signal)

    @property
    def proposal(self) -> dict[str, str]:
        """{program key: kind} of what is suggested."""
        return {line.key: kind for line, kind in zip(self.lines, self.suggested, strict=True) if kind}


class SignalPlan:
    """All signals of a list. Lazy; queries: those of the workspace's parts, and one for each specialty."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @cached_property
    def limits(self) -> Mapping[str, SignalLimit | None]:
        """The limit of each specialty that the applicant applies in, or has on the list."""
        return {code: signal_limit(code, self.workspace.saved.season) for code in self.workspace.sets}

    @cached_property
    def _weighed(self) -> tuple[Part, ...]:
        return tuple(part for part in self.workspace.parts if part.programs.model.figures.people)

    @cached_property
    def _groups(self) -> tuple[Signaling, ...]:
        return tuple(self._group(part) for part in self._weighed)

    def _group(self, part: Part) -> Signaling:
        """The applications of one specialty with connections in and signals out."""
        model, nowhere = part.programs.model, np.zeros(len(part.lines), np.bool_)
        known = boosts([line.connection for line in part.lines], [""] * len(part.lines), nowhere)
        chance = score(part.applicant, part.programs.table.take(part.positions), model).chance[0]
        return Signaling(
            chances=shifted(chance, known.mid),
            takes_part=np.array([line.signals_used is not False for line in part.lines], np.bool_),
            spread=float(model.spreads[part.applicant.kind[0]]),
            match=model.match,
            limits={kind.value: count for kind, count in limits_of(self.limits[part.specialty]).items()},
            placed=tuple(line.signal for line in part.lines),
        )

    @cached_property
    def _all_placed(self) -> tuple[tuple[str, ...], ...]:
        return place_signals(self._groups) if self._groups else ()

    @cached_property
    def _effects(self) -> Effects | None:
        """What the signals do once all that is suggested is placed, each and together; None without a list that can be weighed."""
        if not self._groups:
            return None
        return signal_effects([replace(group, placed=placed) for group, placed in zip(self._groups, self._all_placed, strict=True)])

    @property
    def with_all(self) -> Effect | None:
        """What all signals add once those suggested are placed too, against none; None where there is none."""
        return self._effects.together if self._effects and any(any(placed) for placed in self._all_placed) else None

    @property
    def match_with_all(self) -> float | None:
        """The match chance of the list once those suggested are placed too, as `Workspace.outlook` will say; None where there is no signal."""
        now = self.workspace.outlook
        if now is None or self._effects is None or self.with_all is None:
            return None
        placed = signal_effects(self._groups).unsaid.match.mid if self.as_placed else 0.0
        return now.middle.match - placed + self._effects.unsaid.match.mid

    @cached_property
    def as_placed(self) -> Effect | None:
        """What the signals that are placed add, against none; None where none is."""
        return signal_effects(self._groups).together if any(any(group.placed) for group in self._groups) else None

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """One for each specialty with a limit or with applications, the preferred first."""
        parts = {part.specialty: part for part in self.workspace.parts}
        found = [self._sheet(code, parts.get(code)) for code in self.workspace.sets]
        return tuple(sheet for sheet in found if sheet.lines or sheet.limit)

    def _sheet(self, code: str, part: Part | None) -> Sheet:
        lines = part.lines if part else ()
        place = next((place for place, one in enumerate(self._weighed) if one.specialty == code), None)
        if place is None or self._effects is None:
            return Sheet(code, self.limits[code], lines, ("",) * len(lines), {}, weighed=not lines)
        suggested = tuple("" if line.signal else kind for line, kind in zip(lines, self._all_placed[place], strict=True))
        effects = {lines[position].key: effect for position, effect in self._effects.each[place].items()}
        return Sheet(code, self.limits[code], lines, suggested, effects, weighed=True)
