"""Planning NRMP program results: programs, tracks and years; what is refused, what is only reported."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.changes import NewProgram, NewTrack, NewTrackYear
from programs.imports.plan import Known, Severity
from programs.imports.presets import NRMP
from tests.programs.imports.files import NRMP_HEADER
from tests.programs.imports.planning import NOTHING, on_record, planned, problems, states

ROW = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Internal Medicine", "1234140C0", "8", "7", "6", "6")
PROGRAM = NewProgram("nrmp-1234-140", "140", "Lakeshore Invented Hosp-OH", "Toledo", "OH", None, "1234")
TRACK = NewTrack("nrmp-1234-140", "1234140C0", "Internal Medicine", "C", (NewTrackYear(2025, 6, 6), NewTrackYear(2026, 8, 7)))
ON_RECORD = on_record(PROGRAM, tracks=[TRACK])


def row(**cells) -> tuple[str, ...]:
    return tuple(cells.get(name, cell) for name, cell in zip(NRMP_HEADER, ROW, strict=True))


def plan(*rows, known: Known = NOTHING, header=NRMP_HEADER):
    return planned(NRMP, header, *rows, known=known)


def test_plan_of_a_new_track_makes_program_track_and_years():
    made = plan(row())
    assert (made.programs, made.tracks, made.statements, made.problems) == ((PROGRAM,), (TRACK,), (), ())
    assert (states(made), made.about) == (["new"], 2026)
    assert made.lines == {"nrmp-1234-140": 2, "1234140C0": 2}


def test_plan_makes_one_program_per_institution_and_specialty():
    made = plan(row(), row(nrmp_code="1234140P0"), row(nrmp_code="1234120C0"), row(nrmp_code="1235140C0"))
    assert [program.key for program in made.programs] == ["nrmp-1234-140", "nrmp-1234-120", "nrmp-1235-140"]
    assert [(track.nrmp_code, track.program_key, track.track_type) for track in made.tracks] == [
        ("1234140C0", "nrmp-1234-140", "C"),
        ("1234140P0", "nrmp-1234-140", "P"),
        ("1234120C0", "nrmp-1234-120", "C"),
        ("1235140C0", "nrmp-1235-140", "C"),
    ]


@pytest.mark.parametrize("blank", ["", "--", "N/A"])
def test_plan_of_a_year_without_quota_has_no_such_year(blank):
    assert plan(row(quota_2026=blank, matched_2026=blank)).tracks[0].years == (NewTrackYear(2025, 6, 6),)


def test_plan_of_reserved_tracks_keeps_them():
    made = plan(row(nrmp_code="1234140R0"))
    assert [(track.nrmp_code, track.track_type) for track in made.tracks] == [("1234140R0", "R")]


def test_plan_of_a_track_on_record_says_it_again():
    made = plan(row(), known=ON_RECORD)
    assert (made.programs, made.tracks, states(made), made.problems) == ((PROGRAM,), (TRACK,), ["same"], ())


CODES = st.tuples(st.sampled_from(["1234", "1235"]), st.sampled_from(["140", "120"]), st.sampled_from("CPR"), st.integers(0, 9))


@given(st.lists(CODES, min_size=1, max_size=8, unique=True), st.sampled_from(["Lakeshore", "Harbor", ""]))
def test_plan_applied_and_repeated_says_the_same(codes, name):
    rows = [row(nrmp_code="".join(map(str, code)), institution=name or f"N{code[3]}") for code in codes]
    first = plan(*rows)
    again = plan(*rows, known=on_record(*first.programs, tracks=first.tracks))
    assert (again.programs, again.tracks, again.problems) == (first.programs, first.tracks, first.problems)
    assert (states(first), states(again)) == (["new"] * len(rows), ["same"] * len(rows))


@given(st.permutations([row(nrmp_code=code) for code in ("1234140C0", "1234140P0", "1234120C0", "1235140C0")]))
def test_plan_does_not_depend_on_the_order_of_consistent_rows(rows):
    made, straight = plan(*rows), plan(*sorted(rows, key=lambda cells: cells[4]))
    assert set(made.programs) == set(straight.programs)
    assert set(made.tracks) == set(straight.tracks)


def test_plan_of_a_new_year_states_every_year_of_the_file():
    made = plan(row(), known=on_record(PROGRAM, tracks=[replace(TRACK, years=TRACK.years[:1])]))
    assert (made.tracks, states(made)) == ((TRACK,), ["same"])


def test_plan_of_a_corrected_result_states_what_the_file_has():
    made = plan(row(matched_2026="8"), known=ON_RECORD)
    assert made.tracks == (replace(TRACK, years=(NewTrackYear(2025, 6, 6), NewTrackYear(2026, 8, 8))),)


def test_plan_of_a_new_track_name_states_it():
    made = plan(row(program="Medicine"), known=ON_RECORD)
    assert (made.programs, made.tracks) == ((PROGRAM,), (replace(TRACK, name="Medicine"),))


def test_plan_of_a_new_institution_name_states_it_once():
    preliminary = replace(TRACK, nrmp_code="1234140P0", track_type="P")
    made = plan(row(institution="Lakeview"), row(institution="Lakeview", nrmp_code="1234140P0"), known=on_record(PROGRAM, tracks=[TRACK, preliminary]))
    assert (made.programs, states(made)) == ((replace(PROGRAM, name="Lakeview"),), ["same", "same"])
    assert made.lines == {"nrmp-1234-140": 2, "1234140C0": 2, "1234140P0": 3}


def test_plan_of_an_older_file_is_about_its_own_year():
    header = [*NRMP_HEADER[:5], "quota_2020", "matched_2020"]
    made = plan((*row(institution="Old", program="Old", city="Old")[:5], "5", "5"), header=header, known=ON_RECORD)
    assert (made.about, made.tracks) == (2020, (replace(TRACK, name="Old", years=(NewTrackYear(2020, 5, 5),)),))


def test_plan_of_blank_name_and_place_says_nothing_of_them():
    made = plan(row(state="", city="", institution="", program=""), known=ON_RECORD)
    assert made.programs == (NewProgram(PROGRAM.key, "140", "", nrmp_institution="1234"),)
    assert (made.tracks, states(made)) == ((replace(TRACK, name=""),), ["same"])


def test_plan_attaches_tracks_to_the_program_with_an_acgme_id():
    program = replace(PROGRAM, key="1400500001", acgme_id="1400500001", name="Its own name", city="Its own city")
    made = plan(row(), known=on_record(program))
    assert made.programs == (replace(PROGRAM, key="1400500001"),)  # the file names the place, not the id
    assert (made.tracks, states(made)) == ((replace(TRACK, program_key="1400500001"),), ["new"])


def test_plan_prefers_the_program_with_an_acgme_id_for_new_tracks():
    with_id = replace(PROGRAM, key="1400500001", acgme_id="1400500001")
    made = plan(row(), row(nrmp_code="1234140P0"), known=on_record(PROGRAM, with_id, tracks=[TRACK]))
    assert [(track.nrmp_code, track.program_key) for track in made.tracks] == [("1234140C0", PROGRAM.key), ("1234140P0", "1400500001")]


def test_plan_with_two_acgme_programs_at_one_place_refuses_the_new_track():
    programs = [replace(PROGRAM, key=key, acgme_id=key) for key in ("1400500001", "1400500002")]
    track = replace(TRACK, program_key="1400500002")
    made = plan(row(), row(nrmp_code="1234140P0"), known=on_record(*programs, tracks=[track]))
    assert (states(made), [track.nrmp_code for track in made.tracks]) == (["same", "invalid"], ["1234140C0"])
    message = "programs 1400500001 and 1400500002 are both at this institution: give the code to one of them with a template import first"
    assert problems(made) == [(3, "nrmp_code", "1234140P0", "invalid", message)]


def test_plan_of_a_code_that_another_program_has_is_refused():
    other = replace(PROGRAM, key="1400500001", acgme_id="1400500001", nrmp_institution="9999")
    made = plan(row(), known=on_record(other, tracks=[replace(TRACK, program_key=other.key)]))
    assert (made.says_nothing, states(made)) == (True, ["invalid"])
    message = "the code is on record as a track of program 1400500001, another program: correct the code"
    assert problems(made) == [(2, "nrmp_code", "1234140C0", "invalid", message)]


@pytest.mark.parametrize("with_track", [True, False])
def test_plan_never_touches_demonstration_programs(with_track):
    made = plan(row(), known=on_record(replace(PROGRAM, is_demo=True), tracks=[TRACK] if with_track else []))
    assert (made.says_nothing, states(made)) == (True, ["invalid"])
    assert made.problems[0].message.endswith(": remove the demonstration data first (python manage.py demo_off)")


@pytest.mark.parametrize("code", ["", "1234140X0", "123140C0", "12341400", "N/A", "Internal Medicine"])
def test_plan_of_an_unreadable_code_refuses_the_row_and_keeps_the_others(code):
    made = plan(row(nrmp_code=code), row())
    assert (made.tracks, states(made)) == ((TRACK,), ["invalid", "new"])
    assert [(p.line, p.column, p.severity) for p in made.problems] == [(2, "nrmp_code", Severity.INVALID)]


@pytest.mark.parametrize(
    ("cells", "column", "value", "message"),
    [
        (
            {"nrmp_code": "1234998C0"}, "nrmp_code", "1234998C0",
            "the middle of the code, 998, is no specialty on record: correct it, or add the specialty to the reference tables",
        ),
        ({"institution": ""}, "institution", "", "no row names institution 1234: write its name"),
        ({"institution": "x" * 161}, "institution", "", "no row names institution 1234: write its name"),
    ],
)  # fmt: skip
def test_plan_refuses_a_row(cells, column, value, message):
    made = plan(row(**cells))
    assert (made.says_nothing, states(made)) == (True, ["invalid"])
    assert (2, column, value, "invalid", message) in problems(made)


def test_plan_of_one_code_twice_keeps_the_first():
    made = plan(row(), row(quota_2026="9"))
    assert (made.tracks, states(made)) == ((TRACK,), ["new", "invalid"])
    assert problems(made) == [(3, "nrmp_code", "1234140C0", "invalid", "line 2 has the same code: keep one of the two rows")]


def test_plan_of_a_row_with_shifted_cells_refuses_it():
    made = plan((*row(), "8"))
    message = "the row has 10 cells, the header 9: put cells that hold a separator in quotation marks"
    assert (made.says_nothing, problems(made)) == (True, [(2, "", "8", "invalid", message)])


YEAR_2025 = NewTrackYear(2025, 6, 6)


@pytest.mark.parametrize(
    ("cells", "years", "column", "value", "message"),
    [
        (
            {"matched_2026": "9"}, (YEAR_2025,), "matched_2026", "9",
            "more people matched than the 8 positions of quota_2026: correct one of the two; the year is left out",
        ),
        (
            {"quota_2026": ""}, (YEAR_2025,), "matched_2026", "7",
            "people matched, but quota_2026 has no positions: correct one of the two; the year is left out",
        ),
        (
            {"matched_2026": ""}, (YEAR_2025, NewTrackYear(2026, 8, None)), "matched_2026", "",
            "positions offered, but nobody says how many were filled: write 0 if none; taken as unknown",
        ),
        (
            {"matched_2026": "x"}, (YEAR_2025, NewTrackYear(2026, 8, None)), "matched_2026", "x",
            "is not a whole number: write digits alone; taken as unknown",
        ),
        ({"quota_2026": "many"}, (YEAR_2025,), "quota_2026", "many", "is not a whole number: write digits alone; taken as unknown"),
        ({"quota_2026": "-1"}, (YEAR_2025,), "quota_2026", "-1", "is not a whole number: write digits alone; taken as unknown"),
    ],
)  # fmt: skip
def test_plan_of_a_doubtful_year_reports_it(cells, years, column, value, message):
    made = plan(row(**cells))
    assert (made.tracks[0].years, states(made)) == (years, ["new"])
    assert problems(made) == [(2, column, value, "warning", message)]


def test_plan_of_quotas_alone_has_no_results_and_nothing_to_report():
    made = plan(row()[:6], header=NRMP_HEADER[:6])
    assert (made.tracks[0].years, made.problems) == ((NewTrackYear(2026, 8, None),), ())


def test_plan_of_quotas_alone_says_nothing_of_results():
    made = plan(row()[:6], header=NRMP_HEADER[:6], known=ON_RECORD)
    assert (made.tracks, made.problems) == ((replace(TRACK, years=(NewTrackYear(2026, 8, None),)),), ())


def test_plan_of_a_track_without_any_year_keeps_and_reports_it():
    made = plan(row(quota_2026="", matched_2026="", quota_2025="", matched_2025=""))
    assert made.tracks == (replace(TRACK, years=()),)
    assert problems(made) == [(2, "nrmp_code", "1234140C0", "warning", "no positions in any year of the file: the track is kept without years")]


def test_plan_of_a_year_on_record_that_the_file_lacks_keeps_and_reports_it():
    made = plan(row(quota_2026="", matched_2026=""), known=ON_RECORD)
    message = "no positions here, but 8 on record from an earlier import, which stay"
    assert (made.tracks[0].years, problems(made)) == (TRACK.years[:1], [(2, "quota_2026", "", "warning", message)])


@pytest.mark.parametrize(("cell", "state"), [("OHIO", "OH"), ("ohio", "OH"), ("oh", "OH"), ("DISTRICT OF COLUMBIA", "DC"), ("", None)])
def test_plan_reads_states_by_name_and_code(cell, state):
    made = plan(row(state=cell))
    assert (made.programs[0].state, made.problems) == (state, ())


def test_plan_of_a_state_that_does_not_exist_is_unknown_and_reported():
    made = plan(row(state="OHIIO"))
    assert made.programs[0].state is None
    assert problems(made) == [(2, "state", "OHIIO", "warning", "is no state on record: write its name or two-letter code; taken as unknown")]


def test_plan_keeps_the_first_spelling_and_reports_each_other_one_once():
    made = plan(
        row(),
        row(nrmp_code="1234140P0", institution="Lakeshore Med Ctr", city="Maumee", state="DC"),
        row(nrmp_code="1234140P1", institution="Lakeshore Med Ctr", city="Maumee"),
        row(nrmp_code="1234120C0", institution="Lakeshore Med Ctr", city="Sylvania"),
    )
    assert [(program.name, program.city, program.state) for program in made.programs] == [
        ("Lakeshore Invented Hosp-OH", "Toledo", "OH"),
        ("Lakeshore Invented Hosp-OH", "Sylvania", "OH"),
    ]
    assert problems(made) == [
        (3, "institution", "Lakeshore Med Ctr", "warning", "an earlier row says 'Lakeshore Invented Hosp-OH' for 1234, which is kept"),
        (3, "city", "Maumee", "warning", "an earlier row says 'Toledo' for 1234140, which is kept"),
        (3, "state", "DC", "warning", "an earlier row says 'OH' for 1234140, which is kept"),
    ]


def test_plan_takes_name_and_city_from_a_later_row_where_the_first_has_none():
    made = plan(row(institution="", city=""), row(nrmp_code="1234140P0"))
    assert made.programs == (PROGRAM,)
