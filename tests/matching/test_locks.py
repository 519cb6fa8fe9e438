"""Results are written side by side, and planned alone. SQLite has one writer by itself."""

import threading
import time

from django.db import connection, transaction

from matching.services.locks import lock_results_for_planning, writing_results


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
