"""The phrases for criteria."""

import pytest

from matching.engine import Criterion
from matching.engine.tables import ApplicantKind, Visa
from matching.services.wording import CRITERIA, fields_behind
from programs.fields import BY_NAME


def test_every_criterion_has_a_heading_and_fields_that_exist():
    assert set(CRITERIA) == set(Criterion)
    assert [words for words in CRITERIA.values() if not words.group or not set(words.fields) <= set(BY_NAME)] == []


@pytest.mark.parametrize(
    ("criterion", "kind", "visa", "fields"),
    [
        (Criterion.ACCEPTS, ApplicantKind.US_IMG, Visa.NONE, ("accepts_us_img",)),
        (Criterion.ACCEPTS, ApplicantKind.NON_US_IMG, Visa.J1, ("accepts_non_us_img",)),
        (Criterion.VISA, ApplicantKind.NON_US_IMG, Visa.J1, ("visa_j1",)),
        (Criterion.VISA, ApplicantKind.NON_US_IMG, Visa.H1B, ("visa_h1b",)),
        (Criterion.VISA, ApplicantKind.NON_US_IMG, Visa.EITHER, ("visa_j1", "visa_h1b")),
        (Criterion.VISA, ApplicantKind.NON_US_IMG, Visa.UNKNOWN, ("visa_j1", "visa_h1b")),
        (Criterion.STEP2_MIN, ApplicantKind.NON_US_IMG, Visa.J1, ("step2_min",)),
        (Criterion.NATIONAL_ATTEMPTS, ApplicantKind.NON_US_IMG, Visa.J1, ()),
    ],
)
def test_fields_behind_a_criterion_are_those_about_the_applicant(criterion, kind, visa, fields):
    assert fields_behind(criterion, kind=kind, visa=visa) == fields
