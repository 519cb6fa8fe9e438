"""All of a profile that is not in rows."""

from collections.abc import Mapping
from typing import Any

from django import forms

from applicants.choices import ApplicantType, EcfmgStatus, VisaNeed
from applicants.exam_rules import MAX_FAILED_SITTINGS
from applicants.forms.fields import day, pick, several, tick, whole_number
from applicants.forms.reference import Reference
from applicants.profile import ProfileData
from applicants.validators import (
    EARLIEST_GRADUATION,
    MAX_BUDGET_USD,
    MAX_COUNTRY,
    MAX_EXPERIENCES,
    MAX_LABEL,
    MAX_PUBLICATIONS,
    MAX_SPECIALTIES,
)

SPECIALTY_FIELDS = tuple(f"specialty_{place}" for place in range(1, MAX_SPECIALTIES + 1))
PLACES = ("First choice", "Second choice", "Third choice", "Fourth choice", "Fifth choice")
LATEST_GRADUATION_HINT = 2100
KEPT_FOR_LATER = "Kept for later; the list does not use it yet."
# Fields whose name and value are those of `ProfileData`; an empty answer becomes None there.
OPTIONAL = ("graduation_year", "failed_attempts", "ecfmg_expected", "research_experiences", "publications", "volunteer_experiences", "budget_usd")
LISTS = ("preferred_states", "ruled_out_states", "ruled_out_program_types")


class MainForm(forms.Form):
    applicant_type = forms.ChoiceField(
        label="You are",
        choices=ApplicantType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the one that fits you.", "invalid_choice": "Choose one of the two."},
    )
    school_country = forms.CharField(label="Country of your medical school", required=False, max_length=MAX_COUNTRY, help_text=KEPT_FOR_LATER)
    graduation_year = whole_number("Year of graduation", lowest=EARLIEST_GRADUATION, highest=LATEST_GRADUATION_HINT, help_text="Past or expected.")
    visa_need = pick("Visa", VisaNeed.choices, help_text="U.S. citizens and permanent residents need none.")
    sittings_complete = tick(
        "These are all my sittings of Step 1, Step 2 CK and Step 3",
        help_text="Ticked, a Step that is not listed counts as not taken. Unticked, it counts as not said.",
    )
    step2_not_passed = tick("I have not passed Step 2 CK yet")
    failed_attempts = whole_number(
        "Failed attempts, all Steps together", highest=MAX_FAILED_SITTINGS, help_text="Only if you would rather not list them one by one."
    )
    ecfmg_status = pick("Certification", EcfmgStatus.choices)
    ecfmg_expected = day("Expected on", help_text="Only while it is in progress.")
    usce_none = tick("I have none")
    letters_none = tick("I have none yet")
    research_experiences = whole_number("Research experiences", highest=MAX_EXPERIENCES, help_text=KEPT_FOR_LATER)
    publications = whole_number("Publications", highest=MAX_PUBLICATIONS)
    volunteer_experiences = whole_number("Volunteer experiences", highest=MAX_EXPERIENCES)
    preferred_states = several("Preferred states")
    ruled_out_states = several("States ruled out")
    ruled_out_program_types = several("Program types ruled out")
    budget_usd = whole_number("Budget for application fees, in U.S. dollars", highest=MAX_BUDGET_USD, help_text="“Build it for me” starts from it.")
    label = forms.CharField(label="Name of this profile", required=False, max_length=MAX_LABEL, help_text="Only you see it.")

    def __init__(self, data: Mapping[str, Any] | None = None, *, reference: Reference, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, place in zip(SPECIALTY_FIELDS, PLACES, strict=True):
            self.fields[name] = pick(place, reference.specialties, blank=("", "None"))
        self.fields[SPECIALTY_FIELDS[0]].required = True
        self.fields["preferred_states"] = several("Preferred states", reference.states)
        self.fields["ruled_out_states"] = several("States ruled out", reference.states)
        self.fields["ruled_out_program_types"] = several("Program types ruled out", reference.program_types)

    def chosen_specialties(self) -> list[str]:
        """Name the menus in which a specialty is chosen, in order of preference."""
        return [name for name in SPECIALTY_FIELDS if self.cleaned_data[name]]

    def values(self) -> dict[str, Any]:
        """Give the valid answers under the names of `ProfileData`."""
        answers = self.cleaned_data
        return {
            "applicant_type": ApplicantType(answers["applicant_type"]),
            "specialties": tuple(answers[name] for name in self.chosen_specialties()),
            "school_country": answers["school_country"],
            "label": answers["label"],
            "sittings_complete": answers["sittings_complete"],
            "step2_not_passed": answers["step2_not_passed"],
            "visa_need": VisaNeed(answers["visa_need"]) if answers["visa_need"] else None,
            "ecfmg_status": EcfmgStatus(answers["ecfmg_status"]) if answers["ecfmg_status"] else None,
            **{name: answers[name] for name in OPTIONAL},
            **{name: tuple(answers[name]) for name in LISTS},
        }

    @staticmethod
    def initial_of(data: ProfileData) -> dict[str, object]:
        """Turn a profile into what the form shows."""
        return {
            "applicant_type": data.applicant_type,
            "school_country": data.school_country,
            "label": data.label,
            "sittings_complete": data.sittings_complete,
            "step2_not_passed": data.step2_not_passed,
            "visa_need": data.visa_need,
            "ecfmg_status": data.ecfmg_status,
            "usce_none": data.usce == (),
            "letters_none": data.letters == (),
            **dict(zip(SPECIALTY_FIELDS, data.specialties, strict=False)),
            **{name: getattr(data, name) for name in (*OPTIONAL, *LISTS)},
        }
