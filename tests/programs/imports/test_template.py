"""Planning SmartPick's template: which program a row is about, and the facts it states."""

from dataclasses import replace

import pytest

from programs.changes import NewProgram, NewTrack
from programs.fields import FIELDS, Kind
from programs.imports.plan import Known
from programs.imports.presets import TEMPLATE
from tests.programs.imports.planning import NOTHING, on_record, planned, problems, states

KEY = "1400500001"
IDENTITY = {"acgme_id": KEY, "institution": "Lakeshore Invented Hospital", "specialty": "Internal Medicine", "city": "Toledo", "state": "Ohio"}
PROGRAM = NewProgram(KEY, "140", "Lakeshore Invented Hospital", "Toledo", "OH", KEY)
NRMP_PROGRAM = NewProgram("nrmp-1234-140", "140", "Lakeshore Invented Hosp-OH", "Toledo", "OH", None, "1234")
NRMP_TRACK = NewTrack("nrmp-1234-140", "1234140C0", "Internal Medicine", "C")
NRMP_ON_RECORD = on_record(NRMP_PROGRAM, tracks=[NRMP_TRACK])


def plan(*rows: dict[str, str], known: Known = NOTHING):
    header = list(dict.fromkeys(name for row in rows for name in row))
    return planned(TEMPLATE, header, *([row.get(name, "") for name in header] for row in rows), known=known)


def row(**cells: str) -> dict[str, str]:
    return {**IDENTITY, **cells}


# --- which program ---


def test_plan_of_a_new_program():
    made = plan(row())
    assert (made.programs, made.tracks, made.statements, made.problems, states(made)) == ((PROGRAM,), (), (), (), ["new"])


def test_plan_of_a_program_on_record_says_it_again():
    made = plan(row(), known=on_record(PROGRAM))
    assert (made.programs, made.lines, states(made)) == ((PROGRAM,), {KEY: 2}, ["same"])


def test_plan_of_a_program_on_record_says_no_more_than_the_row():
    made = plan({"acgme_id": KEY, "city": "Maumee", "name": ""}, known=on_record(PROGRAM))
    assert (made.programs, states(made)) == ((NewProgram(KEY, "140", "", "Maumee", None, KEY),), ["same"])


def test_plan_of_nrmp_codes_adds_the_tracks():
    made = plan(row(nrmp_code="1234140C0 1234140P0"))
    assert made.programs == (replace(PROGRAM, nrmp_institution="1234"),)
    assert made.tracks == (NewTrack(KEY, "1234140C0", "", "C"), NewTrack(KEY, "1234140P0", "", "P"))


def test_plan_of_a_code_alone_is_an_nrmp_program():
    made = plan({"nrmp_code": "1234140C0", "name": "Lakeshore Invented Hosp-OH", "city": "Toledo", "state": "OH"})
    assert (made.programs, made.tracks) == ((NRMP_PROGRAM,), (replace(NRMP_TRACK, name=""),))


def test_plan_of_a_code_alone_finds_the_program_on_record():
    made = plan({"nrmp_code": "1234140C0", "visa_j1": "yes"}, known=NRMP_ON_RECORD)
    assert made.programs == (NewProgram("nrmp-1234-140", "140", "", nrmp_institution="1234"),)
    assert (made.tracks, states(made)) == ((replace(NRMP_TRACK, name=""),), ["same"])
    assert made.statements == (("nrmp-1234-140", "visa_j1", "yes", "unclear"),)


def test_plan_gives_an_nrmp_program_its_acgme_id_and_keeps_its_tracks():
    made = plan(row(nrmp_code="1234140C0", visa_j1="yes"), known=NRMP_ON_RECORD)
    assert made.programs == (replace(PROGRAM, nrmp_institution="1234", replaces_key="nrmp-1234-140"),)
    assert (made.tracks, made.statements) == ((NewTrack(KEY, "1234140C0", "", "C"),), ((KEY, "visa_j1", "yes", "unclear"),))
    assert (made.lines, states(made)) == ({KEY: 2, "nrmp-1234-140": 2, "1234140C0": 2}, ["same"])


def test_plan_of_a_second_acgme_program_at_one_place_is_a_new_program():
    made = plan(row(nrmp_code="1234140C0"), row(acgme_id="1400500002", nrmp_code="1234140C1"), known=NRMP_ON_RECORD)
    assert [(program.key, program.replaces_key) for program in made.programs] == [(KEY, "nrmp-1234-140"), ("1400500002", "")]
    assert made.tracks == (NewTrack(KEY, "1234140C0", "", "C"), NewTrack("1400500002", "1234140C1", "", "C"))
    assert states(made) == ["same", "new"]


@pytest.mark.parametrize("specialty", ["Internal Medicine", "INTERNAL MEDICINE", "140", ""])
def test_plan_reads_the_specialty_by_name_and_code(specialty):
    made = plan(row(specialty=specialty))
    assert (made.programs, made.problems) == ((PROGRAM,), ())


def test_plan_reads_a_specialty_code_that_lost_its_zero():
    made = plan(row(acgme_id="0400500001", specialty="40"))
    assert [program.specialty for program in made.programs] == ["040"]


def test_plan_of_an_unknown_specialty_believes_the_id():
    made = plan(row(specialty="Internal Med"))
    message = "is no specialty on record: write its name or three-digit code; the ids are believed"
    assert (made.programs, problems(made)) == ((PROGRAM,), [(2, "specialty", "Internal Med", "warning", message)])


NINE_DIGITS = "has 9 digits: spreadsheets drop a zero at the front; format the column as text and write all 10 digits"
NO_CODE = "is not an NRMP code: write 7 digits, one of the letters C, M, P, A, R, and 1 digit, such as 1000140C0"


@pytest.mark.parametrize(
    ("cells", "column", "value", "message"),
    [
        ({"acgme_id": ""}, "acgme_id", "", "the row has neither an ACGME id nor an NRMP code: write one of them"),
        ({"acgme_id": "140050001"}, "acgme_id", "140050001", NINE_DIGITS),
        ({"acgme_id": "14005000AB"}, "acgme_id", "14005000AB", "is not an ACGME id: write its 10 digits"),
        ({"nrmp_code": "1234140C"}, "nrmp_code", "1234140C", NO_CODE),
        ({"nrmp_code": "1234140C0 9999140P0"}, "nrmp_code", "1234140C0 9999140P0",
         "the codes name two institutions (first four digits): keep those of one"),
        ({"nrmp_code": "1234120C0"}, "acgme_id", KEY, "ACGME id, NRMP codes and specialty disagree (120, 140): correct them"),
        ({"specialty": "Family Medicine"}, "acgme_id", KEY, "ACGME id, NRMP codes and specialty disagree (120, 140): correct them"),
        ({"acgme_id": "9980500001", "specialty": ""}, "acgme_id", "9980500001",
         "998 is no specialty on record: correct the id, or add the specialty to the reference tables"),
        ({"institution": ""}, "institution", "", "a new program needs a name: write the institution's"),
    ],
)  # fmt: skip
def test_plan_refuses_a_row_and_keeps_the_others(cells, column, value, message):
    made = plan(row(**cells), row(acgme_id="1400500002"))
    assert (states(made), [program.key for program in made.programs]) == (["invalid", "new"], ["1400500002"])
    assert problems(made) == [(2, column, value, "invalid", message)]


@pytest.mark.parametrize(
    ("second", "claim"),
    [
        (row(), KEY),
        (row(acgme_id="1400500002", nrmp_code="1234140C0"), "1234140C0"),
    ],
)
def test_plan_of_two_rows_about_one_thing_keeps_the_first(second, claim):
    made = plan(row(nrmp_code="1234140C0"), second)
    assert (states(made), len(made.programs)) == (["new", "invalid"], 1)
    assert [(p.line, p.message) for p in made.problems] == [(3, f"line 2 is about {claim} too: keep one row per program")]


def test_plan_of_a_code_that_another_program_has_is_refused():
    other = replace(NRMP_PROGRAM, key="1400500009", acgme_id="1400500009")
    made = plan(row(nrmp_code="1234140C0"), known=on_record(other, tracks=[replace(NRMP_TRACK, program_key=other.key)]))
    assert made.says_nothing
    assert problems(made) == [(2, "nrmp_code", "1234140C0", "invalid", "1234140C0 is on record as a track of program 1400500009: correct the code")]


def test_plan_of_a_code_alone_that_fits_two_programs_is_refused():
    both = [replace(NRMP_PROGRAM, key=key, acgme_id=key) for key in ("1400500008", "1400500009")]
    made = plan({"nrmp_code": "1234140C7", "name": "Lakeshore"}, known=on_record(*both))
    assert made.says_nothing
    assert [p.message for p in made.problems] == ["the codes fit several programs (1400500008, 1400500009): write the ACGME id"]


def test_plan_of_a_code_alone_that_is_on_record_is_about_the_program_that_has_it():
    with_id, with_code = replace(NRMP_PROGRAM, key=KEY, acgme_id=KEY), NRMP_PROGRAM
    made = plan({"nrmp_code": "1234140C0", "visa_j1": "yes"}, known=on_record(with_id, with_code, tracks=[NRMP_TRACK]))
    assert ([program.key for program in made.programs], states(made)) == (["nrmp-1234-140"], ["same"])


@pytest.mark.parametrize(
    ("cells", "demo"),
    [
        ({}, replace(PROGRAM, is_demo=True)),
        ({"acgme_id": "", "nrmp_code": "1234140C0"}, replace(NRMP_PROGRAM, is_demo=True)),
        ({"nrmp_code": "1234140C0"}, replace(NRMP_PROGRAM, is_demo=True)),
    ],
)
def test_plan_never_touches_demonstration_programs(cells, demo):
    made = plan(row(**cells), known=on_record(demo, tracks=[replace(NRMP_TRACK, program_key=demo.key)]))
    assert (made.says_nothing, states(made)) == (True, ["invalid"])
    assert made.problems[0].message.endswith("remove the demonstration data first (python manage.py demo_off)")


# --- what it says ---

EXAMPLES = {Kind.YES_NO: "yes", Kind.INTEGER: "4", Kind.DECIMAL: "2", Kind.SHARE: "0.5", Kind.DATE: "2026-09-30", Kind.TEXT: "https://example.org"}


@pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])
def test_plan_takes_every_field(field):
    value = field.choices[0][0] if field.choices else EXAMPLES[field.kind]
    value = "220" if field.low == 150 else value
    made = plan(row(**{field.name: value}))
    assert made.statements == ((KEY, field.name, value, "unclear" if field.requirement else ""),)


def test_plan_takes_the_strictness_of_requirements():
    made = plan(row(step2_min="220", step2_min_strictness="required", visa_j1="no", visa_j1_strictness="Preferred", letters_min="3", letters_min_strictness=""))
    assert {said[1:] for said in made.statements} == {
        ("step2_min", "220", "strict"),
        ("visa_j1", "no", "preferred"),
        ("letters_min", "3", "unclear"),
    }


@pytest.mark.parametrize("cell", ["", "N/A", "!", "-", "unknown", "Unknown"])
def test_plan_makes_no_fact_of_a_blank(cell):
    made = plan(row(visa_j1=cell, visa_j1_strictness=cell))
    assert (made.statements, made.problems) == ((), ())


def test_plan_of_a_cell_that_cannot_be_read_is_unknown_and_reported():
    made = plan(row(visa_j1="sometimes", step2_min="220"))
    assert made.statements == ((KEY, "step2_min", "220", "unclear"),)
    assert problems(made) == [(2, "visa_j1", "sometimes", "warning", "J-1 visa: write yes or no, not 'sometimes'; taken as unknown")]


def test_plan_of_an_unreadable_strictness_is_unclear_and_reported():
    made = plan(row(visa_j1="yes", visa_j1_strictness="very"))
    assert made.statements == ((KEY, "visa_j1", "yes", "unclear"),)
    assert problems(made) == [
        (2, "visa_j1_strictness", "very", "warning", "is not a strictness: write strict, preferred, unclear; taken as unknown"),
    ]


def test_plan_of_a_strictness_without_value_states_nothing_and_is_reported():
    made = plan(row(visa_j1="", visa_j1_strictness="strict"))
    assert made.statements == ()
    assert problems(made) == [(2, "visa_j1_strictness", "strict", "warning", "visa_j1 is blank, so this says nothing: write a value there")]


def test_plan_of_an_unreadable_value_reports_the_value_alone():
    made = plan(row(visa_j1="sometimes", visa_j1_strictness="strict"))
    assert [(p.column, p.value) for p in made.problems] == [("visa_j1", "sometimes")]


def test_plan_states_what_is_on_record_too():
    made = plan(row(visa_j1="yes", step2_min="220", share_img="62%"), known=on_record(PROGRAM))
    assert made.statements == ((KEY, "visa_j1", "yes", "unclear"), (KEY, "step2_min", "220", "unclear"), (KEY, "share_img", "0.62", ""))
    assert states(made) == ["same"]


def test_plan_of_unreadable_places_leaves_them_unknown():
    made = plan(row(state="Ohoi", city="x" * 81))
    assert made.programs == (replace(PROGRAM, city="", state=None),)
    assert [(p.column, p.message) for p in made.problems] == [
        ("city", "has 81 characters: write at most 80; taken as unknown"),
        ("state", "is no state on record: write its name or two-letter code; taken as unknown"),
    ]
