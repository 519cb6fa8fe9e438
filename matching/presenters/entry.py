"""One entry of one's list in full: what one keeps about it, and what connection and signal do to its chance. No queries but those of Workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from matching.choices import Connection, Signal
from matching.engine import Tier, ties
from matching.list_files.cells import tags_text
from matching.presenters.my_list_rows import STANDING_WORDS, counted, place, why_not_ranked
from matching.services.workspace import Line, Workspace
from smartpick.charts import effect_text
from smartpick.wording import about_one_in, odds_range


@dataclass(frozen=True)
class Choice:
    """One connection: its words, and its weight."""

    value: str
    label: str
    weight: str
    on: bool


class EntryPage:
    """What `matching/entry.html` shows of one `line` of a list."""

    def __init__(self, workspace: Workspace, line: Line) -> None:
        self.workspace, self.line = workspace, line
        self.version = workspace.saved.version

    @property
    def key(self) -> str:
        """The program's key."""
        return self.line.key

    @property
    def name(self) -> str:
        """The program's name."""
        return self.line.name

    @property
    def url(self) -> str:
        """The program's own page; "" where no source names it any more."""
        return "" if self.line.is_withdrawn else f"{reverse('programs:detail', args=[self.line.key])}?specialty={self.line.specialty}"

    @property
    def place(self) -> str:
        """City and state."""
        return place(self.line)

    @property
    def standing(self) -> str:
        """Suggested, locked in, ruled out or plainly on the list."""
        return STANDING_WORDS[self.line.standing] or "on your list"

    @property
    def initial(self) -> dict[str, object]:
        """What the form starts with."""
        return {"note": self.line.note, "tags": tags_text(self.line.tags, ","), "connection": self.line.connection}

    @cached_property
    def chance(self) -> str:
        """The chance as the list shows it, and what it is without connection and signal."""
        now = self.workspace.now[self.line.key]
        if now is None:
            return why_not_ranked(self.line)
        if now.tier is Tier.EXCLUDED:
            return "Excluded as things stand, so a connection or a signal changes nothing."
        words = f"{now.tier.word.capitalize()}: {about_one_in(now.chance)} ({odds_range(now.low, now.high)})"
        what = counted(self.line, now, self.workspace.signaled)
        return f"{words}, {what}; {about_one_in(self.line.chance)} before that." if what else f"{words}."

    @property
    def signal(self) -> str:
        """The signal placed there, and its weight; "" for none."""
        if not self.line.signal:
            return ""
        return f"{Signal(self.line.signal).label} ({weight(f'signal_{self.line.signal}')})"

    def choices(self, chosen: str) -> Sequence[Choice]:
        """The connections with what each is taken to be worth; `chosen` is ticked."""
        return [Choice(one.value, str(one.label), weight(f"connection_{one.value}"), one.value == chosen) for one in Connection]

    def conflict(self, typed: dict[str, object]) -> list[tuple[str, str]]:
        """What is there now where it is not what the reader typed: (field, value) in words."""
        now = self.initial
        return [
            (label, str(now[name]) or "nothing")
            for name, label in (("note", "Note"), ("tags", "Tags"), ("connection", "Connection"))
            if now[name] != typed[name]
        ]


def weight(name: str) -> str:
    """What a tie is taken to be worth, in words: what it does to the odds, from the low to the high end, and whose figure that is."""
    tie = ties()[name]
    if not (tie.low or tie.mid or tie.high):
        return "counts for nothing"
    whose = "our judgement" if tie.source == "judgement" else "from published figures, the size is our judgement"
    return f"odds {effect_text(tie.mid)}, from {effect_text(tie.low)} to {effect_text(tie.high)}; {whose}"
