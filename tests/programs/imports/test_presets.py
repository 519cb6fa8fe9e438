"""Which layout a file has, what it needs, and what the programs of a file in it are."""

import pytest

from programs.choices import SourceRank
from programs.fields import FIELDS, REQUIREMENTS
from programs.imports.columns import HeaderError
from programs.imports.presets import ACGME, FREIDA, NRMP, PRESETS, TEMPLATE, preset_for
from programs.imports.presets import REQUIREMENTS as REQUIREMENT_TABLE
from tests.programs.imports.files import NRMP_HEADER

NAMES = "nrmp, template, acgme, freida or requirements"
LIST_OF_PROGRAMS = ("Program Number/Name", "Address", "Program Director", "Accreditation Status", "Effective Date", "Specialty")
SHEET = ("Program Name", "Program City", "Program State", "FREIDA ID", "Program best described as", "YOG", "j1VisaNew", "h1VisaNew", "step2_Minimum score")
PIPES = ("Program ID", "Program Name", "City", "State", "ERAS", "NRMP", "H1B Visa", "J1 Visa", "IMG Percent", "Min Step1", "Min Step2", "Interviewed Last Year")


@pytest.mark.parametrize(
    ("name", "header", "preset"),
    [
        (None, NRMP_HEADER, NRMP),
        (None, ("institution", "NRMP Code", "Quota 2031"), NRMP),
        (None, ("acgme_id", "visa_j1"), TEMPLATE),
        (None, ("Program ID", "name"), TEMPLATE),
        (None, ("nrmp_code", "visa_j1"), TEMPLATE),
        (None, LIST_OF_PROGRAMS, ACGME),
        (None, ("Program Code/Name", "Accreditation Status", "State"), ACGME),
        (None, SHEET, FREIDA),
        (None, PIPES, FREIDA),
        (None, ("ACGME ID", "Program", "Visas", "YOG", "USCE", "Attempts"), REQUIREMENT_TABLE),
        (None, ("acgme_id", "visas"), REQUIREMENT_TABLE),
        ("template", NRMP_HEADER, TEMPLATE),
        ("nrmp", ("acgme_id",), NRMP),
        ("freida", ("acgme_id",), FREIDA),
    ],
)
def test_preset_for_header(name, header, preset):
    assert preset_for(name, header) is preset


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        ("eras", ("acgme_id",), f"There is no preset 'eras': use {NAMES}."),
        (None, ("hospital", "town"), f"The header fits no known layout: name it with --preset {NAMES}. It has: hospital, town."),
        (None, ("Program Name", "Visas"), f"The header fits no known layout: name it with --preset {NAMES}. It has: Program Name, Visas."),
    ],
)
def test_preset_for_refuses(name, header, message):
    with pytest.raises(HeaderError) as raised:
        preset_for(name, header)
    assert str(raised.value) == message


IDS = "acgme_id (ACGME id, 10 digits) or nrmp_code (NRMP codes of the program, set apart by spaces)"


@pytest.mark.parametrize(
    ("preset", "header", "missing"),
    [
        (NRMP, ("institution", "code"), "nrmp_code (NRMP code of the track)"),
        (NRMP, ("nrmp_code", "code"), "institution (Name of the program or its institution)"),
        (TEMPLATE, ("name", "code"), IDS),
    ],
)
def test_bind_names_what_is_missing(preset, header, missing):
    with pytest.raises(HeaderError) as raised:
        preset.bind(header)
    expected = f"No column is read as {missing}, which every row needs: choose or rename a column. The file has: {', '.join(header)}."
    assert str(raised.value) == expected


def test_bind_refuses_two_columns_for_one_target():
    with pytest.raises(HeaderError) as raised:
        TEMPLATE.bind(("acgme_id", "FREIDA ID"))
    assert str(raised.value) == "Columns 'acgme_id' and 'FREIDA ID' both say ACGME id: choose one of them and leave the other out."


def test_nrmp_binds_any_years():
    binding = NRMP.bind(("nrmp_code", "institution", "quota_2031", "matched_2031", "quota_31"))
    assert (list(binding.places), binding.ignored) == (["nrmp_code", "institution", "quota_2031", "matched_2031"], ("quota_31",))


def test_template_has_a_column_for_every_field_and_the_strictness_of_every_requirement():
    header = ["acgme_id", *(field.name for field in FIELDS), *(f"{field.name}_strictness" for field in REQUIREMENTS)]
    binding = TEMPLATE.bind(header)
    assert (list(binding.places), binding.ignored) == (header, ())


def test_bind_of_other_tables_reads_years_of_graduation_with_the_season():
    _, column = REQUIREMENT_TABLE.bind(("acgme_id", "YOG"), 2027).places["max_years_since_graduation"]
    assert column.parse("2021 or later") == "6"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_preset_introduces_itself(preset):
    assert PRESETS[preset.name] is preset
    assert (preset.description[-1], bool(preset.title), len(preset.name) <= 20, len(preset.source) <= 120) == (".", True, True, True)


def test_preset_ranks():
    assert {name: preset.rank for name, preset in PRESETS.items()} == {
        "nrmp": SourceRank.OFFICIAL,
        "template": SourceRank.COMMUNITY,
        "acgme": SourceRank.OFFICIAL,
        "freida": SourceRank.OFFICIAL,
        "requirements": SourceRank.AGGREGATOR,
    }
