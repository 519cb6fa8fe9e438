"""What a whole list comes to, in rows for a file or a sheet of paper: applications, tiers, interviews, match, fees, and what the figures mean."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.utils import timezone

from matching.choices import Standing
from matching.engine import ENGINE_VERSION, Tier
from matching.list_files.columns import COLUMNS
from matching.services.workspace import Workspace
from programs.fees import Bill, BillItem
from smartpick.spreadsheets import Cell
from smartpick.wording import about, about_count, in_ten, in_ten_range

MIDDLE = 0.8  # the share of cases that "8 in 10" speaks of
ESTIMATES = "Chances are estimates from published figures and what programs state. They are no promise, and no program on any list is certain."
UNKNOWN = "What is not known is left out, never guessed: a blank or “not known” is neither yes nor no."


def summary_rows(work: Workspace, names: Mapping[str, str], *, as_of: datetime | None, today: date) -> list[tuple[Cell, Cell, str]]:
    """(what, its value, what it means) for a sheet. `names` of specialties by code."""
    return [*_about(work, as_of, today), *_totals(work, names), *_columns()]


def _about(work: Workspace, as_of: datetime | None, today: date) -> Iterator[tuple[Cell, Cell, str]]:
    yield "Please note", "Estimates", f"{ESTIMATES} {UNKNOWN}"
    if any(line.is_demo for line in work.lines):
        yield "Please note", "Invented programs", "Programs marked “yes” under Invented are made up for demonstration. They do not exist."
    yield "Season", f"{work.saved.season} Match", "The list is for this season alone."
    yield "Written on", today, "The day on which this file was made."
    yield "Program data as of", timezone.localtime(as_of).date() if as_of else "not known", "All results here take changes up to this day into account."
    yield "Engine", f"version {ENGINE_VERSION}", "The formula and its weights are on the Method page."


def _totals(work: Workspace, names: Mapping[str, str]) -> Iterator[tuple[Cell, Cell, str]]:
    yield "Applications", len(work.applications), "Programs on the list: added or locked in."
    for tier, count in tier_rows(work):
        yield f"Of these {tier}", count, ""
    for standing in (Standing.SUGGESTED, Standing.VETOED):
        if some := work.of(standing):
            yield standing.label.capitalize(), len(some), "Not counted among applications."
    yield "Expected interviews", interviews(work), "Connections and signals are counted in. 8 in 10 such applicants would get so many as the brackets say."
    yield "Chance of a match", match_chance(work), "Of at least one match from the whole list, with its range."
    for item in work.bill.items:
        yield f"Fees in {names[item.specialty]}", fee(item), fee_note(item)
    yield "Fees in all", total_fee(work.bill), "For the applications alone: transcript, token and Match fees come on top."


def _columns() -> Iterator[tuple[Cell, Cell, str]]:
    for column in COLUMNS:
        yield column.label, "column", column.help


# --- figures in words, for sheets and paper alike ---


def tier_rows(work: Workspace) -> list[tuple[str, int]]:
    """(tier or "not ranked", how many applications), without those that there are none of."""
    counts = work.tier_counts()
    rows = [*((tier.word, counts.get(tier, 0)) for tier in Tier), ("not ranked", counts.get(None, 0))]
    return [(word, count) for word, count in rows if count]


def interviews(work: Workspace) -> str:
    """Expected interviews and where 8 in 10 such applicants lie; "not known" without an outlook."""
    found = work.outlook
    if found is None:
        return "not known"
    least, most = found.between(MIDDLE)
    return f"{about_count(found.middle.expected)} ({least} to {most})" if least < most else about_count(found.middle.expected)


def match_chance(work: Workspace) -> str:
    """The chance of a match with its range; "not known" without an outlook."""
    found = work.outlook
    return "not known" if found is None else f"{about(in_ten(found.middle.match))} ({in_ten_range(found.low.match, found.high.match)})"


def dollars(usd: int | None) -> str:
    """A price; "not known" where it is not published."""
    return "not known" if usd is None else f"${usd:,}"


def fee(item: BillItem) -> str:
    """What the applications of a specialty cost."""
    return dollars(item.usd)


def total_fee(bill: Bill) -> str:
    """What all of them cost, marked where an earlier season's prices stand in."""
    return f"{dollars(bill.usd)}, at prices of {_seasons(bill.stands_in)}" if bill.stands_in and bill.usd is not None else dollars(bill.usd)


def fee_note(item: BillItem) -> str:
    """How many applications at which service, and whose prices."""
    start = f"{item.programs} application{'' if item.programs == 1 else 's'} through {item.service or 'a service that is not known'}"
    older = f"; not all prices of this season are published, those of {_seasons(item.stands_in)} stand in" if item.stands_in else ""
    return f"{start}{older}. Prices start anew in each specialty."


def _seasons(seasons: tuple[int, ...]) -> str:
    return " and ".join(map(str, seasons))
