"""Rows and profiles become the engine's columns, and unknown stays unknown on the way."""

from datetime import date

import numpy as np
import pytest

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, Sitting, UsceSpell
from matching.adapters import applicant_table, program_set, season
from matching.engine.tables import NO, UNKNOWN, YES, Stage, Strict, Visa
from programs.models import Program
from programs.services import apply_changes
from tests.matching.builders import add_programs, market, profile
from tests.programs.builders import new_fact, query_count, source

pytestmark = pytest.mark.django_db


def applicant(**changes):
    return applicant_table([profile(**changes)], "140", season(2027))


def fail(exam, score=None):
    return Sitting(exam, Outcome.FAIL, score=score)


PASS_2 = Sitting(Exam.STEP2_CK, Outcome.PASS, score=231)


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({}, "step2_score", 245),
        ({"sittings": (fail(Exam.STEP2_CK, 205), PASS_2)}, "step2_score", 231),
        ({"sittings": (fail(Exam.STEP2_CK, 205),)}, "step2_score", np.nan),
        ({"sittings": ()}, "step1_passed", NO),
        ({"sittings": (Sitting(Exam.STEP1, Outcome.AWAITED),)}, "step1_passed", UNKNOWN),
        ({"sittings": (PASS_2,), "sittings_complete": False}, "step1_passed", UNKNOWN),
        ({"sittings": (PASS_2,), "sittings_complete": False}, "step2_passed", YES),
        ({"sittings": (fail(Exam.STEP1), fail(Exam.STEP1))}, "fails_step1_min", 2),
        ({"sittings": (fail(Exam.STEP1), fail(Exam.STEP3))}, "fails_total", 2),
        ({"sittings": (PASS_2,), "sittings_complete": False, "failed_attempts": 2}, "fails_step1_max", 2),
        ({"sittings": (PASS_2,), "sittings_complete": False, "failed_attempts": 2}, "fails_step1_min", 0),
        ({"sittings": (PASS_2,), "sittings_complete": False}, "fails_step1_max", np.nan),
        ({"sittings": (PASS_2,), "sittings_complete": False}, "fails_total", np.nan),
        ({"graduation_year": 2020}, "years_since_graduation", 7),
        ({"graduation_year": 2028}, "years_since_graduation", 0),
        ({"graduation_year": None}, "years_since_graduation", np.nan),
        ({"usce": None}, "hands_on_months", np.nan),
        ({"usce": ()}, "hands_on_months", 0),
        ({"usce": (UsceSpell(UsceKind.OBSERVERSHIP, 2), UsceSpell(UsceKind.EXTERNSHIP, 1.5))}, "hands_on_months", 1.5),
        ({"usce": (UsceSpell(UsceKind.OBSERVERSHIP, 2), UsceSpell(UsceKind.EXTERNSHIP, 1.5))}, "observership_months", 2),
        ({"letters": None}, "letters_us", np.nan),
        ({"letters": ()}, "letters_us", 0),
        ({"letters": (Letter(from_us=True, specialty="120"), Letter(from_us=False, specialty="140"))}, "letters_us_specialty", 0),
        ({"letters": (Letter(from_us=True, specialty="120"), Letter(from_us=False, specialty="140"))}, "letters_specialty", 1),
        ({"publications": None}, "publications", np.nan),
        ({"visa_need": None}, "visa", Visa.UNKNOWN),
        ({"visa_need": VisaNeed.EITHER}, "visa", Visa.EITHER),
        ({"applicant_type": ApplicantType.US_IMG, "visa_need": None}, "visa", Visa.NONE),
        ({"sittings": (), "sittings_complete": False, "step2_not_passed": True}, "step2_passed", NO),
        ({"ecfmg_status": None}, "ecfmg_earliest", Stage.APPLICATION),
        ({"ecfmg_status": None}, "ecfmg_latest", np.nan),
        ({"ecfmg_status": None, "sittings": ()}, "ecfmg_earliest", Stage.INTERVIEW),
        ({"ecfmg_status": None, "sittings": (), "sittings_complete": False, "step2_not_passed": True}, "ecfmg_earliest", Stage.INTERVIEW),
        ({"ecfmg_status": EcfmgStatus.NOT_STARTED}, "ecfmg_earliest", Stage.INTERVIEW),
        ({"ecfmg_status": EcfmgStatus.IN_PROGRESS}, "ecfmg_latest", np.nan),
        ({"ecfmg_status": EcfmgStatus.IN_PROGRESS, "ecfmg_expected": date(2026, 9, 23)}, "ecfmg_latest", Stage.APPLICATION),
        ({"ecfmg_status": EcfmgStatus.IN_PROGRESS, "ecfmg_expected": date(2027, 2, 2)}, "ecfmg_latest", Stage.RANKING),
        ({"ecfmg_status": EcfmgStatus.IN_PROGRESS, "ecfmg_expected": date(2027, 3, 4)}, "ecfmg_latest", Stage.START),
        ({"ecfmg_status": EcfmgStatus.IN_PROGRESS, "ecfmg_expected": date(2028, 1, 1)}, "ecfmg_latest", Stage.LATER),
    ],
)
def test_applicant_table_column(changes, column, value):
    market(0)
    assert getattr(applicant(**changes), column).tolist() == pytest.approx([value], nan_ok=True)


def test_applicant_table_states_are_marked_in_code_order():
    market(0)
    table = applicant(preferred_states=("OH",), ruled_out_states=("DC", "NY"))
    assert table.preferred_states.tolist() == [[False, False, False, True]]  # DC MI NY OH
    assert table.ruled_out_states.tolist() == [[True, False, True, False]]


def test_program_set_current_values_become_columns():
    market(1, visa_j1="no", step2_min="220", usce_hands_on_only="yes", share_non_us_img="0.4", ecfmg_needed_by="ranking", program_type="university")
    table = program_set("140", 2027).table
    found = [table.visa_j1[0], table.visa_h1b[0], table.step2_min[0], table.usce_hands_on_only[0], table.share_non_us_img[0], table.ecfmg_needed_by[0]]
    assert found == [NO, UNKNOWN, 220, YES, 0.4, Stage.RANKING]
    assert np.isnan(table.step1_min[0])
    assert table.strictness["step2_min"].tolist() == [Strict.STRICT]


def test_program_set_disputed_requirement_is_unknown():
    market(1, visa_j1="no")
    key = Program.objects.get().key
    other = source("Official list", 2)
    apply_changes(by="test", cause="test", facts=[new_fact(other, "visa_j1", "yes", program_key=key)])
    table = program_set("140", 2027).table
    assert [table.visa_j1[0], table.strictness["visa_j1"][0]] == [UNKNOWN, Strict.UNCLEAR]


@pytest.mark.parametrize(("field", "value", "strict"), [("visa_j1", "no", Strict.STRICT), ("step2_min", "220", Strict.UNCLEAR)])
def test_program_set_plain_no_is_firm_by_nature_and_a_plain_minimum_is_not(field, value, strict):
    market(1)
    apply_changes(by="test", cause="test", facts=[new_fact(source(), field, value, program_key=Program.objects.get().key, strictness="unclear")])
    Program.objects.update(field_states={field: ["known", "", False]})
    assert program_set("140", 2027).table.strictness[field].tolist() == [strict]


@pytest.mark.parametrize(("letters", "listed"), [("", 1), ("C", 1), ("CR", 1), ("AP", 1), ("M", 1), ("R", 0), ("P", 0), ("PR", 0)])
def test_program_set_leaves_out_programs_with_reserved_or_preliminary_tracks_only(letters, listed):
    market(1)
    Program.objects.update(track_types=letters)
    assert len(program_set("140", 2027).table) == listed


def test_program_set_leaves_out_closed_programs():
    market(2)
    Program.objects.filter(name="Invented Hospital 001").update(closed_on=date(2026, 1, 1))
    assert program_set("140", 2027).names == ("Invented Hospital 002",)


@pytest.mark.parametrize(
    ("facts", "accepts"),
    [
        ({}, UNKNOWN),
        ({"share_non_us_img": "0.1"}, YES),
        ({"share_non_us_img": "0"}, UNKNOWN),
        ({"share_img": "0.9", "share_us_img": "0.9"}, UNKNOWN),
        ({"share_non_us_img": "0.1", "accepts_non_us_img": "no"}, NO),
    ],
)
def test_program_set_residents_settle_whether_it_takes_a_kind_of_img_that_nobody_states(facts, accepts):
    market(1, **facts)
    assert program_set("140", 2027).table.accepts_non_us_img.tolist() == [accepts]


def test_program_set_residents_settle_no_dispute():
    market(1, share_non_us_img="0.5", accepts_non_us_img="no")
    fact = new_fact(source("Official list", 2), "accepts_non_us_img", "yes", program_key=Program.objects.get().key)
    apply_changes(by="test", cause="test", facts=[fact])
    assert program_set("140", 2027).table.accepts_non_us_img.tolist() == [UNKNOWN]


def test_program_set_is_read_once_per_data_version():
    market(2)
    program_set("140", 2027)
    assert query_count(lambda: program_set("140", 2027)) == 1
    add_programs([7])
    assert len(program_set("140", 2027).table) == 3


def test_program_set_of_a_specialty_without_programs_is_empty():
    market(1)
    assert program_set("120", 2027).keys == ()
