"""Which layout a file has, and what it needs."""

import pytest

from programs.fields import FIELDS, REQUIREMENTS
from programs.imports.columns import HeaderError
from programs.imports.presets import NRMP, TEMPLATE, preset_for
from tests.programs.imports.files import NRMP_HEADER


@pytest.mark.parametrize(
    ("name", "header", "preset"),
    [
        (None, NRMP_HEADER, NRMP),
        (None, ("institution", "NRMP Code", "Quota 2031"), NRMP),
        (None, ("acgme_id", "visa_j1"), TEMPLATE),
        (None, ("Program ID", "name"), TEMPLATE),
        (None, ("nrmp_code", "visa_j1"), TEMPLATE),
        ("template", NRMP_HEADER, TEMPLATE),
        ("nrmp", ("acgme_id",), NRMP),
    ],
)
def test_preset_for_header(name, header, preset):
    assert preset_for(name, header) is preset


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        ("freida", ("acgme_id",), "There is no preset 'freida': use nrmp or template."),
        (None, ("hospital", "town"), "The header fits no known layout: name it with --preset nrmp or template. It has: hospital, town."),
    ],
)
def test_preset_for_refuses(name, header, message):
    with pytest.raises(HeaderError) as raised:
        preset_for(name, header)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("preset", "header", "missing"),
    [
        (NRMP, ("institution", "code"), "nrmp_code (NRMP code of the track), which NRMP program results need"),
        (NRMP, ("nrmp_code", "code"), "institution (Name of the program or its institution), which NRMP program results need"),
        (
            TEMPLATE,
            ("name", "code"),
            "acgme_id (ACGME id, 10 digits) or nrmp_code (NRMP codes of the program, set apart by spaces), which SmartPick templates need",
        ),
    ],
)
def test_bind_names_what_is_missing(preset, header, missing):
    with pytest.raises(HeaderError) as raised:
        preset.bind(header)
    assert str(raised.value) == f"The header has no column {missing}: rename a column. It has: {', '.join(header)}."


def test_nrmp_binds_any_years():
    binding = NRMP.bind(("nrmp_code", "institution", "quota_2031", "matched_2031", "quota_31"))
    assert (list(binding.places), binding.ignored) == (["nrmp_code", "institution", "quota_2031", "matched_2031"], ("quota_31",))


def test_template_has_a_column_for_every_field_and_the_strictness_of_every_requirement():
    header = ["acgme_id", *(field.name for field in FIELDS), *(f"{field.name}_strictness" for field in REQUIREMENTS)]
    binding = TEMPLATE.bind(header)
    assert (list(binding.places), binding.ignored) == (header, ())
