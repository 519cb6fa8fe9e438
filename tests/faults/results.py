"""What a recompute has left in a database, read past the product: straight from its tables."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass

RUN = "SELECT state, profiles, profiles_done, notices FROM matching_recomputerun ORDER BY id DESC LIMIT 1"
PARTS = "SELECT state, count(*) FROM matching_recomputechunk WHERE run_id = (SELECT max(id) FROM matching_recomputerun) GROUP BY state"
VERSION = "SELECT max(id) FROM programs_dataversion"
WANTED = "SELECT id, specialties FROM applicants_profile ORDER BY id"
SNAPSHOTS = """
    SELECT one.profile_id, one.specialty, one.data_version, one.engine, o.digest, one.applicant, one.chance, one.low, one.high, one.tier, one.excluded
    FROM matching_scoresnapshot one JOIN matching_programorder o ON o.id = one.order_id ORDER BY 1, 2
"""
ENTRIES = """
    SELECT entry.list_id, program.key, entry.tier, entry.chance, entry.low, entry.high, entry.excluded_by, entry.data_version
    FROM matching_listentry entry JOIN programs_program program ON program.id = entry.program_id ORDER BY 1, 2
"""
NOTICES = """
    SELECT list_id, program_key, data_version, program_id, program_name, kind, cause, tier_before, tier_after, chance_before, chance_after
    FROM matching_changenotice ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Left:
    """Everything in it that a recompute writes, in an order of its own."""

    run: tuple
    version: int
    wanted: list
    snapshots: list
    entries: list
    notices: list


class Database:
    """`connect()` gives a connection that commits every statement."""

    def __init__(self, connect):
        self.connect = connect

    def ask(self, sql):
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def run(self):
        """(state, profiles, of them done, notices) of the newest recompute."""
        return tuple(self.ask(RUN)[0])

    def parts(self):
        """How many parts of it are in which state."""
        return dict(self.ask(PARTS))

    def left(self):
        wanted = [(pk, specialty) for pk, found in self.ask(WANTED) for specialty in sorted(json.loads(found) if isinstance(found, str) else found)]
        snapshots = [(*row[:5], *map(digest, row[5:])) for row in self.ask(SNAPSHOTS)]
        return Left(self.run(), self.ask(VERSION)[0][0], wanted, snapshots, self.ask(ENTRIES), self.ask(NOTICES))


def digest(data):
    return hashlib.sha256(bytes(data)).hexdigest()[:12]


def sqlite(path):
    return Database(lambda: sqlite3.connect(path, timeout=20, isolation_level=None))


def assert_complete(after, *, before, clean):
    """All of the recompute is there, and nothing of it twice: as where nobody was disturbed.

    `before` is what there was when it was planned, `clean` what one undisturbed process makes of that.
    """
    profiles = len({profile_id for profile_id, _ in after.wanted})
    assert after.run == ("done", profiles, profiles, len(after.notices))
    assert [row[:3] for row in after.snapshots] == [(*pair, after.version) for pair in after.wanted]
    assert after.snapshots == clean.snapshots
    assert {row[-1] for row in after.entries} == {after.version}
    assert after.entries == clean.entries
    moved = [now[:2] for then, now in zip(before.entries, after.entries, strict=True) if then[2] != now[2]]
    assert [row[:2] for row in after.notices] == moved != []
    assert after.notices == clean.notices
    assert after.run == clean.run
