"""What an import would do, row by row."""

import pytest

from matching.choices import Signal, Standing
from matching.list_files.finding import Catalog, OnRecord
from matching.list_files.meanings import guessed
from matching.list_files.reading import ListTable
from matching.services import list_plan
from matching.services.list_fields import SeasonDays
from matching.services.list_plan import STAYS_OUT, Circumstances, plan
from matching.services.workspace import Line
from tests.matching.recomputing import key
from tests.matching.seasons import DAYS, TODAY

LIMITS = {"140": {Signal.GOLD: 1, Signal.SILVER: 2}}


def on_record(number, **more):
    values = {"name": f"Invented Hospital {number:03d}", "city": "Toledo", "state": "OH", "specialty": "140", "acgme_id": key(number), "nrmp_institution": ""}
    return OnRecord(key(number), **{**values, "closed": False, "signals_used": None, **more})


def line(number, **more):
    values = dict.fromkeys(Line._fields) | {"key": key(number), "specialty": "140", "standing": Standing.ADDED, "note": "", "tags": [], "connection": "none"}
    return Line(**{**values, "signal": "", "reason": "", "rank": None, "version": 0, **more})


def around(*lines, programs=None, version=3):
    catalog = Catalog(programs or [on_record(number) for number in range(1, 8)], [], {"Internal Medicine": "140"}, {"Ohio": "OH"}, ("140",))
    return Circumstances(catalog, {one.key: one for one in lines}, LIMITS, SeasonDays(TODAY, DAYS), version)


def table(header, *rows):
    return ListTable(tuple(header), tuple((f"line {number}", tuple(row)) for number, row in enumerate(rows, start=2)))


def planned(header, *rows, lines=(), picks=None, programs=None, version=3):
    one = table(header, *rows)
    return plan(one, guessed(header), around(*lines, programs=programs, version=version), picks)


def keys(matches):
    return [one.program.key for one in matches]


def test_rows_are_sorted_by_what_becomes_of_them():
    found = planned(
        ["ACGME id", "Program", "Note"],
        [key(1), "", "call"],
        [key(2), "", "other"],
        ["", "Invented Hospital 003", ""],
        ["", "Quite elsewhere", ""],
        [key(1), "", "again"],
        ["", "", ""],
        lines=[line(2, note="mine")],
    )
    assert (keys(found.added), keys(found.there), keys(found.differing)) == ([key(1), key(3)], [key(2)], [key(2)])
    assert [(one.row.where, one.chosen) for one in found.questions] == [("line 4", key(3))]
    assert [(row.where, why) for row, why in found.missing] == [("line 5", "no program on record has this name, or one near it")]
    assert [(row.where, first.where) for row, first in found.repeated] == [("line 6", "line 2")]
    assert found.added[0].said.fields == {"note": "call"}


@pytest.mark.parametrize(("picks", "added"), [(None, [key(3)]), ({0: ""}, []), ({0: key(3)}, [key(3)]), ({0: key(5)}, []), ({}, []), ({0: "\0"}, [])])
def test_name_counts_only_as_it_was_picked(picks, added):
    assert keys(planned(["Program"], ["Invented Hospital 003"], picks=picks).added) == added


def test_suggested_program_comes_on_the_list_and_a_ruled_out_one_stays_out():
    found = planned(
        ["ACGME id", "Standing"], [key(1), ""], [key(2), "locked in"], lines=[line(1, standing=Standing.SUGGESTED), line(2, standing=Standing.VETOED)]
    )
    assert (keys(found.added), keys(found.there)) == ([key(1)], [key(2)])
    assert (found.there[0].said.problems, found.differing) == ([STAYS_OUT], [])


def test_rows_beyond_a_full_list_are_over(monkeypatch):
    monkeypatch.setattr(list_plan, "MOST_ENTRIES", 3)
    found = planned(["ACGME id", "Standing"], [key(1), ""], [key(2), ""], [key(3), "suggested"], [key(4), ""], lines=[line(5), line(6)])
    assert (keys(found.added), keys(found.over)) == ([key(1), key(3)], [key(2), key(4)])


def test_signals_beyond_the_limit_are_left_out():
    rows = [[key(number), "gold"] for number in (1, 2)] + [[key(3), "silver"], [key(4), "silver"]]
    found = planned(["ACGME id", "Signal"], *rows, lines=[line(7, signal="silver")])
    assert [one.said.fields.get("signal", "") for one in found.added] == ["gold", "", "silver", ""]
    assert found.added[3].said.problems == ["the silver signal is left out: there are 2 of them, all placed"]


def test_signals_go_to_applications_that_take_part_only():
    found = planned(
        ["ACGME id", "Signal", "Standing"], [key(1), "gold", "suggested"], [key(2), "gold", ""], programs=[on_record(1), on_record(2, signals_used=False)]
    )
    assert [one.said.problems for one in found.added] == [
        ["the gold signal is left out: a signal goes to an application"],
        ["the gold signal is left out: the program takes no part in signals"],
    ]


def test_steps_are_read_for_new_applications_only():
    header = ["ACGME id", "Standing", "Applied"]
    rows = [[key(1), "", "2026-10-01"], [key(2), "suggested", "2026-10-01"], [key(3), "", "2026-10-01"]]
    found = planned(header, *rows, lines=[line(3)])
    assert [len(one.said.steps) for one in (*found.added, *found.there)] == [1, 0, 0]
    assert [len(one.said.problems) for one in (*found.added, *found.there)] == [0, 1, 1]


def test_only_the_first_match_is_read():
    found = planned(["ACGME id", "Rank list", "Matched"], [key(1), "1", "yes"], [key(2), "2", "yes"])
    assert [[told.step for told in one.said.steps] for one in found.added] == [["matched"], []]


def test_too_many_names_to_confirm_are_left_for_another_time(monkeypatch):
    monkeypatch.setattr(list_plan, "MOST_QUESTIONS", 1)
    found = planned(["Program"], ["Invented Hospital 001"], ["Invented Hospital 002"])
    assert (len(found.questions), len(found.missing)) == (1, 1)


def test_digest_is_that_of_what_was_looked_at():
    header, rows = ["ACGME id", "Program", "Note"], ([key(1), "", "a"], ["", "Invented Hospital 002", ""])
    base = planned(header, *rows).digest
    assert planned(header, *rows, picks={1: ""}).digest == base
    others = [
        planned(header, *rows, version=4),
        planned(header, *rows, lines=[line(1)]),
        planned(header, rows[0]),
        planned(header, [key(1), "", "b"], rows[1]),
        planned(header, *rows, programs=[on_record(1)]),
        planned(["ACGME id", "Program", "what"], *rows),
    ]
    assert len({base, *(one.digest for one in others)}) == 1 + len(others)
