"""Scenarios of one profile from many requests at once: as many as may be, each name once, and none of a profile that is deleted."""

import threading
import time

from django.db import DatabaseError, connection, transaction

from applicants.models import Profile
from applicants.services import delete_profile
from matching.models import Scenario
from matching.services.scenarios import MOST_SCENARIOS, ScenarioError, adopt_scenario, delete_scenario, rename_scenario, save_scenario, share_scenario
from tests.matching.builders import market, profile
from tests.matching.recomputing import applicant

AT_ONCE = 5


def at_once(*jobs):
    """Do all side by side, on SQLite in memory one after the other: what went wrong but what a person is told."""
    wrong, start = [], threading.Barrier(len(jobs))

    def done(job, wait):
        wait()
        try:
            job()
        except ScenarioError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            wrong.append(f"{type(error).__name__}: {error}")

    def in_a_thread(job):
        done(job, start.wait)
        connection.close()

    if connection.vendor != "postgresql":
        for job in jobs:
            done(job, lambda: None)
        return wrong
    threads = [threading.Thread(target=in_a_thread, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return wrong


def saving(owner, name):
    return lambda: save_scenario(by="visitor", profile=owner, name=name, data=profile(publications=9))


def test_no_more_than_the_most_and_each_name_once(transactional_db):
    owner = applicant()
    assert at_once(*[saving(owner, "same")] * AT_ONCE) == []
    assert Scenario.objects.count() == 1
    for number in range(MOST_SCENARIOS - 2):
        saving(owner, f"number {number}")()
    assert at_once(*(saving(owner, f"at once {number}") for number in range(AT_ONCE))) == []
    assert Scenario.objects.count() == MOST_SCENARIOS


def test_what_is_deleted_stays_deleted_whatever_else_is_asked(transactional_db):
    market(2)
    owner = applicant()
    one = saving(owner, "one")()
    doing = (
        lambda: rename_scenario(by="visitor", scenario=one, name="new"),
        lambda: share_scenario(by="visitor", scenario=one),
        lambda: adopt_scenario(by="visitor", scenario=one, answers=profile()),
    )
    assert at_once(lambda: delete_scenario(by="visitor", scenario=one), *doing) == []
    assert Scenario.objects.count() == 0
    one = saving(owner, "one")()
    assert at_once(lambda: delete_profile(by="visitor", profile=Profile.objects.get(pk=owner.pk)), *doing, saving(owner, "two")) == []
    assert (Profile.objects.count(), Scenario.objects.count()) == (0, 0)


def test_profile_that_is_deleted_while_a_scenario_is_kept_takes_it_along(transactional_db):
    owner, wrong = applicant(), []

    def delete():
        try:
            delete_profile(by="visitor", profile=Profile.objects.get(pk=owner.pk))
        except DatabaseError as error:
            wrong.append(str(error))
        finally:
            connection.close()

    deleting = threading.Thread(target=delete)
    with transaction.atomic():
        saving(owner, "one")()
        if connection.vendor == "postgresql":
            deleting.start()
            time.sleep(0.3)
    if connection.vendor == "postgresql":
        deleting.join(timeout=10)
    else:
        delete_profile(by="visitor", profile=owner)
    assert (wrong, Profile.objects.count(), Scenario.objects.count()) == ([], 0, 0)
