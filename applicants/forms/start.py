"""The five answers of the start page, kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from applicants.choices import STEPS, ApplicantType, Exam, Outcome, VisaNeed
from applicants.exam_rules import USMLE_SCALE
from applicants.forms.fields import pick, tick, whole_number
from applicants.forms.reference import Choice
from applicants.profile import ProfileData, Sitting
from applicants.validators import MAX_SPECIALTIES, Problem, validate_profile

UNSURE = "unsure"
# "3 or more" is entered as 3, the fewest it can mean.
MOST_FAILS = 3
FAILS: tuple[Choice, ...] = (("0", "None"), ("1", "1"), ("2", "2"), (str(MOST_FAILS), f"{MOST_FAILS} or more"))
CHOOSE: Choice = ("", "Choose")
LOWEST_SCORE, HIGHEST_SCORE = USMLE_SCALE
# The start page asks for neither outcome nor date, so it words this one for itself.
SCORE_TOO_LOW = "{score} is too low for a pass. Correct it, or tick that you have not passed yet and count the attempt among the failed ones."
# Where a problem with the profile is shown; what is not here is shown above the form.
FIELD_OF = {"specialties": "specialty", "sittings": "ck", "failed_attempts": "fails", "visa_need": "visa"}


class StartForm(forms.Form):
    """Bind it to `request.GET`. Parameters: specialty, type, ck or ck_none, fails, visa."""

    specialty = pick("Specialty", blank=CHOOSE)
    type = forms.ChoiceField(
        label="You are",
        choices=ApplicantType.choices,
        widget=forms.RadioSelect,
        help_text="Both finished medical school outside the U.S. and Canada: a U.S. IMG as a U.S. citizen, a non-U.S. IMG as anybody else.",
        error_messages={"required": "Choose the one that fits you.", "invalid_choice": "Choose one of the two."},
    )
    ck = whole_number("Step 2 CK score", lowest=LOWEST_SCORE, highest=HIGHEST_SCORE, help_text="The score you passed with.")
    ck_none = tick("Not taken or not passed yet")
    fails = pick("Failed attempts, any Step", FAILS, blank=None)
    visa = pick("Visa", (*VisaNeed.choices, (UNSURE, "Not sure yet")), blank=CHOOSE)

    def __init__(self, data: Mapping[str, Any] | None = None, *, specialties: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.specialty_codes = frozenset(code for code, _ in specialties)
        self.fields["specialty"] = pick("Specialty", specialties, blank=CHOOSE)
        for name in ("specialty", "visa"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Check the answers against each other and against the rules of every profile."""
        cleaned = self.cleaned_data
        if "ck" in cleaned:
            self._check_score(cleaned["ck"], none=cleaned["ck_none"])
        if not self.errors:
            today = timezone.localdate()
            for problem in validate_profile(self.to_profile(), today=today, specialty_codes=self.specialty_codes, state_codes=()):
                self.add_error(FIELD_OF.get(problem.path.partition("[")[0]), self._message(problem))
        return cleaned

    def _message(self, problem: Problem) -> str:
        # A score that an earlier rule refused is no longer among the cleaned answers.
        score = self.cleaned_data.get("ck")
        low = problem.path == "sittings[0].score" and score is not None and LOWEST_SCORE <= score <= HIGHEST_SCORE
        return SCORE_TOO_LOW.format(score=score) if low else problem.message

    def _check_score(self, score: int | None, *, none: bool) -> None:
        if score is None and not none:
            self.add_error("ck", "Enter your score, or tick that you have not passed it yet.")
        if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            self.add_error("ck", f"Enter a score from {LOWEST_SCORE} to {HIGHEST_SCORE}.")
        if score is not None and none:
            self.add_error("ck", "Enter a score or tick that you have not passed it yet, not both.")

    def to_profile(self) -> ProfileData:
        """Turn valid answers into a profile. All that was not asked is unknown, the other sittings included."""
        answers = self.cleaned_data
        score = answers["ck"]
        return ProfileData(
            applicant_type=ApplicantType(answers["type"]),
            specialties=(answers["specialty"],),
            sittings=() if score is None else (Sitting(Exam.STEP2_CK, Outcome.PASS, score=score),),
            sittings_complete=False,
            failed_attempts=int(answers["fails"]),
            step2_not_passed=answers["ck_none"],
            visa_need=None if answers["visa"] == UNSURE else VisaNeed(answers["visa"]),
        )


def answered_over(saved: ProfileData, answers: ProfileData) -> ProfileData:
    """Put the five answers over a saved profile: type, first specialty, visa and Step 2 CK.

    Failed attempts stay as saved, which may list them one by one.
    """
    others = (specialty for specialty in saved.specialties if specialty not in answers.specialties)
    return replace(
        saved,
        applicant_type=answers.applicant_type,
        specialties=(*answers.specialties, *others)[:MAX_SPECIALTIES],
        visa_need=answers.visa_need,
        sittings=(*(sitting for sitting in saved.sittings if sitting.exam != Exam.STEP2_CK), *_step2_over(saved, answers)),
        step2_not_passed=answers.step2_not_passed,
    )


def _step2_over(saved: ProfileData, answers: ProfileData) -> tuple[Sitting, ...]:
    """Sittings of Step 2 CK: those not passed as saved, and the answered score with the day of the saved pass."""
    passed = [sitting for sitting in saved.of(Exam.STEP2_CK) if sitting.outcome == Outcome.PASS]
    if not answers.sittings:
        return tuple(sitting for sitting in saved.of(Exam.STEP2_CK) if sitting not in passed)
    failed = [sitting for sitting in saved.of(Exam.STEP2_CK) if sitting.outcome == Outcome.FAIL]
    return (*failed, *(replace(sitting, date=passed[0].date if passed else None) for sitting in answers.sittings))


def answers_query(data: ProfileData) -> str:
    """Write what `data` says to the five questions as a query string that `StartForm` reads back."""
    score = next((sitting.score for sitting in data.of(Exam.STEP2_CK) if sitting.outcome == Outcome.PASS), None)
    fails = _failed(data)
    return urlencode(
        {
            "specialty": data.specialties[0],
            "type": data.applicant_type.value,
            **({"ck_none": "on"} if score is None else {"ck": score}),
            **({} if fails is None else {"fails": min(fails, MOST_FAILS)}),
            "visa": data.visa_need.value if data.visa_need else UNSURE,
        }
    )


def _failed(data: ProfileData) -> int | None:
    """Count failed Step sittings; None where the profile does not say."""
    if data.failed_attempts is None and data.sittings_complete:
        return sum(sitting.exam in STEPS and sitting.outcome == Outcome.FAIL for sitting in data.sittings)
    return data.failed_attempts
