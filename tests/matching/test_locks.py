"""Results are written side by side, and planned alone. SQLite has one writer by itself."""

import random
import threading
import time

from django.db import connection, transaction

from applicants.models import Profile
from applicants.services import delete_profile
from matching.choices import Step
from matching.models import ListChange, ListEntry, ProgramList
from matching.services.calendar import start_feed
from matching.services.editing import change_list, undo_last
from matching.services.entry_fields import ListError
from matching.services.lists import add_to_list, remove_from_list
from matching.services.locks import lock_results_for_planning, writing_results
from matching.services.rank_list import Move, move_rank
from matching.services.season import Told
from matching.services.steps import record_steps, remove_steps
from tests.matching.builders import market
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.matching.seasons import TODAY, opening


def test_writing_results_is_a_transaction(transactional_db):
    with writing_results():
        assert connection.in_atomic_block
    assert not connection.in_atomic_block


def test_planning_waits_for_those_who_write_and_writers_do_not_wait_for_each_other(transactional_db):
    if connection.vendor != "postgresql":
        with transaction.atomic():  # nothing to wait for, and nothing asked of the database
            lock_results_for_planning()
        return
    happened = []

    def plan():
        with transaction.atomic():
            lock_results_for_planning()
            happened.append("planned")
        connection.close()

    def write():
        with writing_results():
            happened.append("written too")
        connection.close()

    with writing_results():
        beside = threading.Thread(target=write)
        beside.start()
        beside.join(timeout=10)
        planner = threading.Thread(target=plan)
        planner.start()
        time.sleep(0.3)
        happened.append("written")
    planner.join(timeout=10)
    assert happened == ["written too", "written", "planned"]


# --- many requests about one list, at once ---


def at_once(*jobs):
    """Do all side by side, on SQLite in memory one after the other; what went wrong."""
    wrong = []

    def done(job):
        try:
            job()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            wrong.append(f"{type(error).__name__}: {error}")

    def in_a_thread(job):
        done(job)
        connection.close()

    if connection.vendor != "postgresql":
        for job in jobs:
            done(job)
        return wrong
    threads = [threading.Thread(target=in_a_thread, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def reader(owner, seed):
    """Twenty odd requests of one tab; what is refused is said, as to a person."""
    chance, about = random.Random(seed), {"by": "visitor", "profile": owner, "match_year": 2027}  # noqa: S311 - no secret

    def note(program):
        edits = {program: {"note": str(chance.random())}, key(chance.randint(1, 6)): {"position": chance.randint(1, 9)}}
        change_list(**about, edits=edits, said="noted", seen=ProgramList.objects.get().version)

    def move(program):
        move_rank(**about, saved=ProgramList.objects.get(), key=program, move=chance.choice(list(Move)), seen=None)

    requests = (
        lambda program: add_to_list(**about, keys=[program]),
        lambda program: remove_from_list(**about, keys=[program]),
        lambda program: record_steps(**about, keys=[program], told=Told(Step.APPLIED, TODAY), today=TODAY),
        lambda program: remove_steps(**about, keys=[program], step=Step.APPLIED),
        lambda program: undo_last(**about),
        note,
        move,
        move,
    )

    def job():
        for _ in range(20):
            try:
                chance.choice(requests)(key(chance.randint(1, 6)))
            except ListError:
                continue

    return job


def test_requests_at_once_about_one_list_lose_nothing_beside_a_recompute(transactional_db):
    market(6, visa_j1="yes")
    opening()
    owner = applicant()
    listed(owner, 1, 2, 3)

    def import_and_recompute():
        for answer in ("no", "yes"):
            state(1, visa_j1=answer)
            recompute()

    assert at_once(reader(owner, 1), reader(owner, 2), reader(owner, 3), import_and_recompute) == []
    saved = ProgramList.objects.get()
    ranks = [rank for rank in ListEntry.objects.values_list("rank", flat=True) if rank]
    assert len(set(ranks)) == len(ranks)
    assert ListChange.objects.first().version <= saved.version
    assert ListEntry.objects.filter(tier=None).count() == 0  # whoever came on has a result


def test_profile_deleted_amid_requests_is_gone_whole_and_nobody_waits_for_ever(transactional_db):
    market(4, visa_j1="yes")
    opening()
    for _ in range(3):
        owner = applicant()
        listed(owner, 1, 2, 3)
        about = {"by": "visitor", "profile": owner, "match_year": 2027}
        wrong = at_once(
            lambda about=about: record_steps(**about, keys=[key(1)], told=Told(Step.APPLIED, TODAY), today=TODAY),
            lambda owner=owner: delete_profile(by="visitor", profile=owner),
            lambda about=about: add_to_list(**about, keys=[key(4)]),
            lambda about=about: start_feed(**about),
        )
        assert [one for one in wrong if not one.startswith("ListError: This profile was deleted")] == []
    assert (Profile.objects.count(), ProgramList.objects.count(), ListEntry.objects.count()) == (0, 0, 0)


def test_programs_ranked_at_once_have_a_place_each(transactional_db):
    market(5, visa_j1="yes")
    owner = applicant()
    listed(owner, *range(1, 6))
    saved = ProgramList.objects.get()
    jobs = [
        lambda number=number: move_rank(by="visitor", profile=owner, match_year=2027, saved=saved, key=key(number), move=Move.ADD, seen=None)
        for number in range(1, 6)
    ]
    assert at_once(*jobs) == []
    assert sorted(ListEntry.objects.values_list("rank", flat=True)) == [1, 2, 3, 4, 5]
