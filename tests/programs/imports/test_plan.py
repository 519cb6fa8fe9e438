"""What planners share: reading cells, refusing rows, and finding specialties, states and programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.changes import NewProgram
from programs.imports.columns import Binding, CellError, Column
from programs.imports.plan import ImportPlan, Known, Problem, Reading, RowState, Severity
from programs.imports.table import Row
from tests.programs.imports.planning import REFERENCES


def whole(cell):
    if not cell.isdecimal():
        raise CellError("is not a whole number")
    return cell


def reading(*names, parse=whole):
    places = {name: (place, Column(name, parse, "")) for place, name in enumerate(names)}
    return Reading(Binding(places, ()), len(names))


def problem(line=2, severity=Severity.WARNING, column="a", value="", message="m"):
    return Problem(line, column, value, message, severity)


@pytest.mark.parametrize(("cell", "value"), [("12", "12"), ("", ""), ("N/A", ""), (" - ", "")])
def test_cell_is_canonical_or_blank(cell, value):
    read = reading("a")
    assert (read.cell(Row(2, (cell,)), "a"), read.problems) == (value, [])


def test_cell_that_cannot_be_read_is_unknown_and_reported():
    read = reading("a")
    assert read.cell(Row(7, ("many",)), "a") == ""
    assert read.problems == [problem(7, value="many", message="is not a whole number; taken as unknown")]


def test_cell_is_read_once_for_each_spelling_and_reported_on_each_line():
    calls = []

    def parse(cell):
        calls.append(cell)
        raise CellError("no")

    read = reading("a", parse=parse)
    for line in (2, 3, 4):
        read.cell(Row(line, ("x",)), "a")
    assert (calls, [one.line for one in read.problems]) == (["x"], [2, 3, 4])


@pytest.mark.parametrize(("cells", "name"), [((), "a"), (("1",), "b"), (("1",), "no such column")])
def test_cell_that_the_file_does_not_have_says_nothing(cells, name):
    read = reading("a", "b")
    assert (read.raw(Row(2, cells), name), read.cell(Row(2, cells), name), read.problems) == ("", "", [])


def test_strict_cell_that_cannot_be_read_is_an_error():
    read = reading("a")
    assert (read.strict_cell(Row(2, ("12",)), "a"), read.strict_cell(Row(2, ("",)), "a")) == ("12", "")
    with pytest.raises(CellError, match="is not a whole number"):
        read.strict_cell(Row(2, ("many",)), "a")
    assert read.problems == []


def test_looked_up_cell_that_is_not_found_is_reported_with_what_happens_instead():
    read = reading("a", parse=str)
    assert read.looked_up(Row(2, ("Ohio",)), "a", REFERENCES.state) == "OH"
    assert read.looked_up(Row(3, ("",)), "a", REFERENCES.state) == ""
    assert read.looked_up(Row(4, ("Ohoi",)), "a", REFERENCES.state, otherwise="left") == ""
    assert read.problems == [problem(4, value="Ohoi", message="is no state on record: write its name or two-letter code; left")]


def test_row_that_is_too_long_is_refused():
    read = reading("a", "b")
    assert [read.is_too_long(Row(line, cells)) for line, cells in ((2, ("1", "2")), (3, ("1", "2", "3")))] == [False, True]
    message = "the row has 3 cells, the header 2: put cells that hold a separator in quotation marks"
    assert (read.problems, read.states) == ([problem(3, Severity.INVALID, "", "3", message)], {3: RowState.INVALID})


def test_marks_tell_new_rows_from_those_on_record():
    read = reading("a")
    read.mark(2, is_new=True)
    read.mark(3, is_new=False)
    assert read.states == {2: RowState.NEW, 3: RowState.SAME}


def test_problems_come_in_the_order_of_the_file():
    read = reading("a")
    for line in (9, 2, 5):
        read.warn(line, "a", str(line), "m")
    read.refuse(5, "b", "", "n")
    assert [(one.line, one.column) for one in read.sorted_problems()] == [(2, "a"), (5, "a"), (5, "b"), (9, "a")]


@pytest.mark.parametrize(
    ("find", "text", "code"),
    [
        ("specialty", "140", "140"), ("specialty", "40", "040"), ("specialty", "internal MEDICINE", "140"),
        ("state", "oh", "OH"), ("state", "District of Columbia", "DC"), ("state", "NEW YORK", "NY"),
    ],
)  # fmt: skip
def test_references_by_code_and_name(find, text, code):
    assert getattr(REFERENCES, find)(text) == code


@given(st.sampled_from(["specialty", "state"]), st.text())
def test_references_find_a_code_or_say_what_to_write(find, text):
    codes, told = {*REFERENCES.specialties, *REFERENCES.states}, ""
    try:
        codes &= {getattr(REFERENCES, find)(text)}
    except CellError as error:
        told = str(error)
    assert len(codes) == 1 or told.startswith(f"is no {find} on record: write its name or ")


def test_known_by_place_leaves_demonstration_programs_out():
    real = NewProgram("nrmp-1234-140", "140", "A", nrmp_institution="1234")
    demo = NewProgram("1400500001", "140", "B", acgme_id="1400500001", nrmp_institution="1234", is_demo=True)
    elsewhere = NewProgram("1400500002", "140", "C", acgme_id="1400500002")
    assert Known({one.key: one for one in (real, demo, elsewhere)}, {}).by_place == {("1234", "140"): [real]}


def test_plan_says_nothing_where_no_row_could_be_read():
    problems = (problem(2, Severity.INVALID), problem(3))
    plan = ImportPlan({2: RowState.INVALID}, (), (), (), problems, {})
    assert (plan.says_nothing, plan.problems_of(Severity.INVALID), plan.problems_of(Severity.WARNING)) == (True, problems[:1], problems[1:])
    assert not ImportPlan({}, (), (), (("1400500001", "visa_j1", "yes", "strict"),), (), {}).says_nothing
