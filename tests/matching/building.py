"""A market with prices and programs that differ, for tests of proposed lists and signals: every name is invented."""

from threading import Barrier, Thread

from django.db import connection

from matching.models import ProgramList
from matching.services.build import Wish, propose
from matching.services.editing import change_list
from matching.services.pools import Unsaved
from matching.services.workspace import Workspace
from programs.models import ApplicationFee, ApplicationService, SignalLimit
from tests.matching.builders import add_programs, market, profile
from tests.matching.recomputing import key
from tests.programs.builders import SOURCED

OPEN, SHUT = range(1, 9), range(21, 24)


def prices(code="140", *, season=2027, usd=(11, 30), step=4):
    """So many dollars for each of the first `step` programs, and for each one after them; None is not published."""
    ApplicationService.objects.get_or_create(specialty_id=code, season=2026, defaults={"service": f"Service {code}", **SOURCED})
    for first, last, price in ((1, step, usd[0]), (step + 1, None, usd[1])):
        ApplicationFee.objects.create(service=f"Service {code}", season=season, from_program=first, to_program=last, fee_usd=price, **SOURCED)


def shelf():
    """Eight open programs, the first with most IMGs, and three that sponsor no visa; 11 dollars each up to four, then 30."""
    market(0)
    for number in OPEN:
        add_programs([number], visa_j1="yes", share_non_us_img=f"{0.9 - number / 10:.1f}")
    add_programs(SHUT, visa_j1="no")
    prices()


def limit(code="140", *, season=2027, **kinds):
    """How many signals a specialty has."""
    return SignalLimit.objects.create(specialty_id=code, season=season, **(kinds or {"gold": 1, "silver": 2}), **SOURCED)


def change(owner, edits, **more):
    """{number: fields or None} of a list."""
    return change_list(by="visitor", profile=owner, match_year=2027, edits={key(number): fields for number, fields in edits.items()}, said="changed", **more)


def proposed(owner=None, **wish):
    """The proposal for the owner's list; None: for who has none."""
    saved = ProgramList.objects.filter(profile=owner).first() if owner else None
    return propose(Workspace(saved) if saved else Unsaved(profile(), 2027), Wish(**wish))


def numbers(rows):
    """The numbers of programs, in order."""
    return [int(row.key[-5:]) for row in rows]


def both_at_once(*calls):
    """Each in a thread with a connection of its own; SQLite in memory has but one, and one writer: there one after the other."""
    if connection.vendor != "postgresql":
        for call in calls:
            call()
        return
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            call()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
