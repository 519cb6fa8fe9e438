"""Tables as others keep them, read from the file to what they say about programs. Every institution is invented."""

import pytest

from programs.imports.meanings import bind_meanings, guess, meanings_for
from programs.imports.plan import Known, References
from programs.imports.presets import ACGME, FREIDA, REQUIREMENTS, preset_for
from programs.imports.reader import read_table
from tests.programs.imports.files import csv_bytes

KEY = "1409999999"
REFERENCES = References({"140": "Internal Medicine"}, {"OH": "Ohio"})
SEASON = 2027


def planned(preset, header, *rows, delimiter=","):
    """The plan of a file that is told and bound by its header alone."""
    table = read_table(csv_bytes(header, *rows, delimiter=delimiter))
    assert preset_for(None, table.header) is preset
    meanings = meanings_for(preset, SEASON, table.header)
    binding = bind_meanings(table.header, guess(table.header, meanings, {}), meanings)
    return preset.plan(table, binding, REFERENCES, Known({}, {}))


def statements(plan):
    """{field: (value, strictness)} of a plan about one program."""
    assert {key for key, *_ in plan.statements} <= {KEY}
    return {field: (value, strictness) for _, field, value, strictness in plan.statements}


def warnings(plan):
    return [(problem.column, problem.value, problem.message) for problem in plan.problems]


def test_requirement_table_in_the_words_of_its_keeper():
    header = ("ACGME ID", "Program", "City/State", "Visas", "YOG", "Attempts", "Step 1", "Step 2 CK", "USCE", "LORs", "ECFMG", "IMG %")
    row = (KEY, "Ferny Brook Hospital", "Toledo, OH", "J1 only", "2021 or later", "first attempt only", "pass")
    plan = planned(REQUIREMENTS, header, (*row, "preferred 230", "3 months, hands-on only", "3 (2 US)", "before applying", "62"))
    (program,) = plan.programs
    assert (program.key, program.name, program.city, program.state) == (KEY, "Ferny Brook Hospital", "Toledo", "OH")
    assert statements(plan) == {
        "visa_j1": ("yes", "strict"),
        "visa_h1b": ("no", "strict"),
        "ecfmg_needed_by": ("application", "unclear"),
        "max_years_since_graduation": ("6", "unclear"),
        "step1_pass_needed": ("yes", "unclear"),
        "step2_min": ("230", "preferred"),
        "step1_max_attempts": ("1", "strict"),
        "step2_max_attempts": ("1", "strict"),
        "usce_min_months": ("3", "unclear"),
        "usce_hands_on_only": ("yes", "strict"),
        "letters_min": ("3", "unclear"),
        "letters_us_min": ("2", "unclear"),
        "share_img": ("0.62", ""),
    }
    assert warnings(plan) == []


@pytest.mark.parametrize("cell", ["", "N/A", "!", "-", "not specified"])
def test_requirement_table_that_says_nothing_leaves_everything_unknown(cell):
    header = ("ACGME ID", "Program", "Visas", "YOG", "Attempts", "Step 1", "Step 2 CK", "USCE", "LORs", "ECFMG")
    plan = planned(REQUIREMENTS, header, (KEY, "Ferny Brook Hospital", *[cell] * 8))
    assert (plan.statements, plan.problems) == ((), ())


def test_requirement_table_that_cannot_be_read_is_unknown_and_warns_once_for_each_cell():
    header = ("ACGME ID", "Program", "Visas", "YOG", "Attempts", "USCE")
    plan = planned(REQUIREMENTS, header, (KEY, "Ferny Brook Hospital", "yes", "no cutoff", "few", "some"))
    assert plan.statements == ()
    assert warnings(plan) == [
        ("visa_j1", "yes", "does not say which visa: write J-1, H-1B or both; taken as unknown"),
        ("max_years_since_graduation", "no cutoff", "says that there is no limit, for which there is no value; taken as unknown"),
        ("step1_max_attempts", "few", "is no limit on attempts: write the most attempts, the passed one counted, such as 2; taken as unknown"),
        ("usce_min_months", "some", "is no length of clinical experience: write months, such as 3; taken as unknown"),
    ]


def test_requirement_table_that_leaves_one_visa_open():
    plan = planned(REQUIREMENTS, ("ACGME ID", "Program", "Visas"), (KEY, "Ferny Brook Hospital", "yes (H1 case by case)"))
    assert statements(plan) == {"visa_j1": ("yes", "unclear")}
    assert warnings(plan) == [
        ("visa_h1b", "yes (H1 case by case)", "leaves open for whom H-1B is sponsored: write yes or no where it holds for everybody; taken as unknown")
    ]


@pytest.mark.parametrize(("cell", "said"), [("no", ("no", "strict")), ("not accepted", ("no", "strict")), ("yes", ("yes", "unclear"))])
def test_requirement_table_that_denies_who_may_apply_is_firm(cell, said):
    plan = planned(REQUIREMENTS, ("ACGME ID", "Program", "Visas", "Accepts non-US IMGs"), (KEY, "Ferny Brook Hospital", "", cell))
    assert statements(plan) == {"accepts_non_us_img": said}


def test_sheet_with_the_labels_of_freida():
    header = ("Program Name", "Program City", "Program State", "FREIDA ID", "Program best described as", "YOG", "j1VisaNew", "h1VisaNew")
    codes = ("NRMP Number (Advance)", "NRMP Number (Categorial)", "NRMP Number (Preliminary)")
    more = ("step2_Minimum score", "step1_Applicants must have passed Step 1 to be considered", "AppInfo_Latest date for applications for 2026-2027")
    row = ("Ferny Brook Hospital", "Toledo", "Ohio", KEY, "Community-based/university affiliated hospital", "5", "Yes", "No")
    plan = planned(FREIDA, (*header, *codes, *more), (*row, "", "9999140C0", "9999140P0", "220", "Yes", "09/30/2026"))
    assert statements(plan) == {
        "program_type": ("university_affiliated", ""),
        "max_years_since_graduation": ("5", "unclear"),
        "visa_j1": ("yes", "unclear"),
        "visa_h1b": ("no", "strict"),
        "step1_pass_needed": ("yes", "unclear"),
        "step2_min": ("220", "unclear"),
        "deadline": ("2026-09-30", ""),
    }
    assert [track.nrmp_code for track in plan.tracks] == ["9999140C0", "9999140P0"]
    assert warnings(plan) == []


def test_sheet_with_pipes_and_percentages():
    header = (
        "Program ID",
        "Program Name",
        "City",
        "State",
        "ERAS",
        "First Year Positions",
        "Interviewed Last Year",
        "H1B Visa",
        "J1 Visa",
        "IMG Percent",
        "Min Step2",
    )
    plan = planned(FREIDA, header, (KEY, "Ferny Brook Hospital", "Toledo", "OH", "Yes", "12", "150", "N/A", "Yes", "62", "N/A"), delimiter="|")
    assert statements(plan) == {
        "positions": ("12", ""),
        "interviews_given": ("150", ""),
        "visa_j1": ("yes", "unclear"),
        "share_img": ("0.62", ""),
    }
    assert warnings(plan) == []


ACGME_HEADER = ("Program Number/Name", "Address", "Program Director", "Accreditation Status", "Effective Date", "Specialty")
ADDRESS = "Ferny Brook Hospital, 1 Main St, Toledo, OH 43604, Ph: (555) 555-0100"


@pytest.mark.parametrize(
    ("status", "since", "closed"),
    [("Continued Accreditation", "07/01/2024", ""), ("Voluntary Withdrawal", "06/30/2025", "2025-06-30"), ("", "07/01/2024", "")],
)
def test_list_of_programs_of_the_acgme(status, since, closed):
    plan = planned(ACGME, ACGME_HEADER, (f"[{KEY}] Ferny Brook Program", ADDRESS, "A. Person", status, since, "Internal Medicine"))
    (program,) = plan.programs
    assert (program.key, program.name, program.city, program.state, program.specialty) == (KEY, "Ferny Brook Program", "Toledo", "OH", "140")
    assert str(program.closed_on or "") == closed
    assert warnings(plan) == []


def test_list_of_programs_that_is_closed_since_nobody_says_when_warns():
    plan = planned(ACGME, ("Program Number/Name", "Accreditation Status"), (f"[{KEY}] Ferny Brook Program", "Withdrawn"))
    assert [program.closed_on for program in plan.programs] == [None]
    message = "says that the program is closed, but not since when: add a column with the effective date; taken as unknown"
    assert warnings(plan) == [("closed_on", "Withdrawn", message)]


def test_list_of_programs_whose_ids_a_spreadsheet_ate_is_refused_row_by_row():
    plan = planned(ACGME, ("Program Number/Name", "Accreditation Status"), ("1.40E+09 Ferny Brook Program", "Initial Accreditation"))
    message = "a spreadsheet turned this id into 1.40E+09 and its digits are lost: format the column as text and export again"
    assert (plan.programs, warnings(plan)) == ((), [("acgme_id", "1.40E+09 Ferny Brook Program", message)])
