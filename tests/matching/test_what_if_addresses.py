"""Any address of What if is answered: with numbers, or with what is wrong beside the control that it is about. Nothing is saved."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.models import Profile
from applicants.profile import Sitting
from applicants.queries import profile_data
from matching.adapters.what_if_address import FRAME, MANY, NOT_SAID, parameter
from matching.choices import StepStanding
from matching.forms.what_if import MONTHS, NUMBERS, WORDS
from tests.applicants.builders import FULL
from tests.applicants.visiting import keep, visit
from tests.matching.builders import ANSWERS, market

pytestmark = pytest.mark.django_db
PAGE = "/list/what-if/"
ODD = ("", " ", "-1", "0", "1", "4", "12", "1.5", "240", "2024", "2101", "1e308", "NaN", "-inf", "9" * 40, "yes", "no", "on", "unknown", "None")
ODDER = (
    "140",
    "120",
    "999",
    "2027-01-15",
    "0000-00-00",
    "NY",
    "XX",
    "military",
    "٣",
    "½",
    "²",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "a\0b",
    "<b>'\"",
    "120.us_img.no",
    "..",
)
KNOWN = (*StepStanding.values, *VisaNeed.values, *EcfmgStatus.values, *ApplicantType.values)
NAMES = (
    *(parameter(name) for name in sorted({*NUMBERS, *NOT_SAID, *WORDS, *MONTHS, *MANY, *FRAME, "expected", "drawn", "", "x"})),
    "show",
    "page",
    "specialty",
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from((*ODD, *ODDER, *KNOWN)) | st.text(st.characters(codec="utf-8"), max_size=6)), max_size=8)


@pytest.fixture
def _programs(db):
    market(3, visa_j1="yes")


def errors(text):
    """Names of the controls to which the list of errors leads, all of them with an error beside them."""
    named = re.findall(r'<li><a href="#c-(\w+)">', text)
    beside = re.findall(r'<div class="what-if-state" id="state-(\w+)"[^>]*><p class="field__error">', text)
    assert set(named) == set(beside)
    return named


@pytest.mark.usefixtures("_programs")
@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS, htmx=st.booleans(), saved=st.booleans())
def test_any_address_is_answered_and_saves_nothing(client, pairs, htmx, saved):
    kept = keep(FULL)
    visit(client, kept.pk if saved else None)
    query = urlencode([*({} if saved else ANSWERS).items(), *pairs])
    response = client.get(f"{PAGE}?{query}", headers={"HX-Request": "true"} if htmx else {}, follow=True)
    text = response.content.decode()
    assert (response.status_code, "This cannot be as it stands" in text) == (200, bool(errors(text)))
    assert (profile_data(kept), Profile.objects.count()) == (FULL, 1)
    Profile.objects.all().delete()


@pytest.mark.usefixtures("_programs")
@pytest.mark.parametrize("moved", ["w-fails_step1=9", "w-complete=yes&w-fails=-1", "w-drawn=%00", "w-fails_step2=2"])
def test_what_has_no_control_here_is_no_change_and_no_error(client, moved):
    query = f"{urlencode(ANSWERS)}&{moved}"
    context = client.get(f"{PAGE}?{query}", follow=True).context
    assert context["page"] is not None
    assert [one["label"] for one in context["controls"].moved] == ["Every sitting is listed in the profile"] * ("complete" in moved)


@pytest.mark.usefixtures("_programs")
def test_a_fifth_attempt_is_told_beside_the_step_where_attempts_have_no_control(client):
    failed = (Sitting(Exam.STEP3, Outcome.FAIL),) * 4
    visit(client, keep(replace(FULL, sittings=failed, sittings_complete=False, failed_attempts=4)).pk)
    assert errors(client.get(f"{PAGE}?w-step3=passed").content.decode()) == ["step3"]
