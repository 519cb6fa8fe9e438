"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from applicants.choices import Exam, Outcome, UsceKind
from applicants.models import ExamSitting, Profile, UsceSpell

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    return Profile.objects.create(applicant_type="us_img")


@pytest.mark.parametrize(("exam", "score"), [(Exam.STEP1, 1), (Exam.STEP3, 300), (Exam.STEP2_CK, None), (Exam.OET, None)])
def test_sitting_holds_a_score_of_the_scale_or_none(profile, exam, score):
    sitting = ExamSitting.objects.create(profile=profile, exam=exam, outcome=Outcome.PASS, score=score, order=0)
    assert ExamSitting.objects.get(exam=exam, score=score) == sitting


@pytest.mark.parametrize(("exam", "score"), [(Exam.STEP1, 0), (Exam.STEP2_CK, 301), (Exam.OET, 200), (Exam.OTHER_ENGLISH, 1)])
def test_sitting_refuses_a_score_that_the_exam_does_not_give(profile, exam, score):
    with pytest.raises(IntegrityError, match="exam_score_is_plausible"), transaction.atomic():
        ExamSitting.objects.create(profile=profile, exam=exam, outcome=Outcome.PASS, score=score, order=0)
    assert ExamSitting.objects.count() == 0


@pytest.mark.parametrize("months", [0, -1, 60.5])
def test_spell_refuses_months_that_the_form_refuses(profile, months):
    with pytest.raises(IntegrityError, match="usce_months_are_plausible"), transaction.atomic():
        UsceSpell.objects.create(profile=profile, kind=UsceKind.ELECTIVE, months=months, order=0)
    assert UsceSpell.objects.count() == 0


def test_spell_holds_the_most_months_that_the_form_takes(profile):
    assert UsceSpell.objects.create(profile=profile, kind=UsceKind.ELECTIVE, months=60, order=0) == UsceSpell.objects.get(months=60)
