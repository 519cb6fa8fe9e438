"""What changed on one's list, in words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.urls import reverse

from matching.choices import ChangeKind
from matching.engine import Tier
from matching.models import ChangeNotice, ProgramList
from matching.queries import changes_since_looked
from programs.display import abbreviations_in
from smartpick.wording import about_one_in

PAGE_SIZE = 50
PANEL_SIZE = 8
NOT_LISTED = "not listed"


@dataclass(frozen=True)
class ChangeLine:
    """One notice. `before` and `after` are words, `url` is "" for a program that is no more."""

    name: str
    url: str
    what: str
    before: str
    after: str
    cause: str
    told_at: datetime
    unseen: bool


class ChangesPanel:
    """What its owner has not seen yet of a list: `matching/_changes_panel.html`. None: there is no list.

    Lazy. Queries on first use: `count` 1, `lines` 1, and none where nothing is unseen.
    """

    def __init__(self, saved: ProgramList | None) -> None:
        self.saved = saved

    @cached_property
    def count(self) -> int:
        """Notices that the owner has not seen."""
        return changes_since_looked(self.saved).count() if self.saved else 0

    @cached_property
    def _notices(self) -> list[ChangeNotice]:
        return list(changes_since_looked(self.saved)[:PANEL_SIZE]) if self.saved and self.count else []

    @property
    def lines(self) -> list[ChangeLine]:
        """The newest of them."""
        return [change_line(notice, unseen=True) for notice in self._notices]

    @property
    def texts(self) -> list[str]:
        """Phrases that may hold abbreviations."""
        return [notice.cause for notice in self._notices]

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.count - len(self._notices)

    @property
    def newest(self) -> int | None:
        """The newest notice that is shown: whoever has seen it has seen all until then."""
        return self._notices[0].pk if self._notices else None

    @property
    def since(self) -> datetime | None:
        """When the owner last looked; None: never."""
        return self.saved.looked_at if self.saved else None


class ChangesPage:
    """All that ever changed on a list: `matching/changes.html`. Queries: 2."""

    def __init__(self, saved: ProgramList | None, number: str | None = None) -> None:
        self.saved, self.number = saved, number

    @cached_property
    def notices(self) -> Page[ChangeNotice]:
        """One page of notices, the newest first."""
        notices = self.saved.notices.select_related("program") if self.saved else ChangeNotice.objects.none()
        return Paginator(notices, PAGE_SIZE).get_page(self.number)

    @cached_property
    def lines(self) -> list[ChangeLine]:
        """The notices in words; those that the owner has not seen are marked."""
        looked = self.saved.looked_at if self.saved else None
        return [change_line(notice, unseen=looked is None or notice.created_at > looked) for notice in self.notices]

    @property
    def shorts(self) -> list[str]:
        """Abbreviations in the causes, to be explained below them."""
        return abbreviations_in(*(line.cause for line in self.lines))


def change_line(notice: ChangeNotice, *, unseen: bool) -> ChangeLine:
    """One notice in words; its `program` has to be loaded."""
    program = notice.program
    return ChangeLine(
        name=notice.program_name,
        url=f"{reverse('programs:detail', args=[program.key])}?specialty={program.specialty_id}" if program and not program.is_withdrawn else "",
        what=str(ChangeKind(notice.kind).label),
        before=standing(notice.tier_before, notice.chance_before),
        after=standing(notice.tier_after, notice.chance_after),
        cause=notice.cause,
        told_at=notice.created_at,
        unseen=unseen,
    )


def standing(tier: int | None, chance: float | None) -> str:
    """Where a program stood: "middle (about 1 in 12)"; None is not listed, and what is excluded has no chance."""
    if tier is None:
        return NOT_LISTED
    found = Tier(tier)
    return found.word if found is Tier.EXCLUDED else f"{found.word} ({about_one_in(chance)})"
