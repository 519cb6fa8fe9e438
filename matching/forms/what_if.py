"""What the controls of What-if send, read and held to what it can be at all; the rules of profiles are checked on the whole profile."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django import forms
from django.http import QueryDict

from applicants.choices import ApplicantType, EcfmgStatus, VisaNeed
from applicants.exam_rules import MAX_FAILED_SITTINGS, MAX_SITTINGS_PER_STEP, USMLE_SCALE
from applicants.forms.fields import day, pick, several, tick, whole_number
from applicants.forms.reference import Reference
from applicants.validators import EARLIEST_GRADUATION, MAX_EXPERIENCES, MAX_LABEL, MAX_LETTERS, MAX_PUBLICATIONS, MAX_USCE_MONTHS, MAX_USCE_SPELLS
from matching.adapters.what_if_address import DRAWN, FRAME, MANY, NO, NOT_SAID, PREFIX, SCORES, UNKNOWN, YES, parameter
from matching.choices import StepStanding

LATEST_GRADUATION = 2100
MOST_MONTHS = MAX_USCE_MONTHS * MAX_USCE_SPELLS
NUMBERS: Mapping[str, tuple[int, int]] = {
    "year": (EARLIEST_GRADUATION, LATEST_GRADUATION),
    "step1_score": USMLE_SCALE,
    "step2_score": USMLE_SCALE,
    "fails": (0, MAX_FAILED_SITTINGS),
    **dict.fromkeys(("fails_step1", "fails_step2", "fails_step3"), (0, MAX_SITTINGS_PER_STEP)),
    **dict.fromkeys(NOT_SAID["letters_unknown"], (0, MAX_LETTERS)),
    "publications": (0, MAX_PUBLICATIONS),
    "research": (0, MAX_EXPERIENCES),
    "volunteering": (0, MAX_EXPERIENCES),
}
WORDS: Mapping[str, type[Enum]] = {
    "visa": VisaNeed,
    "ecfmg": EcfmgStatus,
    "step1": StepStanding,
    "step2": StepStanding,
    "step3": StepStanding,
}
MONTHS = NOT_SAID["usce_unknown"]
# No answer is an answer here.
MAY_BE_EMPTY = frozenset({"visa", "ecfmg", "expected"})


def _months() -> forms.FloatField:
    return forms.FloatField(required=False, error_messages={"invalid": "Enter the months in digits, such as 1.5."})


class WhatIfForm(forms.Form):
    """Bind it to `request.GET`. What was said comes under the names of `matching.adapters.what_if`; controls draw themselves."""

    kind = pick("", ApplicantType.choices)
    complete = pick("", ((YES, "Yes"), (NO, "No")))
    visa = pick("", (*VisaNeed.choices, (UNKNOWN, "Not said")))
    ecfmg = pick("", (*EcfmgStatus.choices, (UNKNOWN, "Not said")))
    step1, step2, step3 = (pick("", StepStanding.choices) for _ in range(3))
    expected = day("")
    hands_on, observed = _months(), _months()
    drawn = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, reference: Reference) -> None:
        super().__init__(_without_marks(data), prefix=PREFIX)
        for name, (lowest, highest) in NUMBERS.items():
            self.fields[name] = whole_number("", lowest=lowest, highest=highest)
        for name in NOT_SAID:
            self.fields[name] = tick("")
        self.fields["specialty"] = pick("", reference.specialties)
        self.fields["preferred"] = several("", reference.states)
        self.fields["ruled_out"] = several("", reference.states)
        self.fields["ruled_out_types"] = several("", reference.program_types)

    def clean(self) -> dict[str, Any]:
        """Hold numbers to their scale."""
        for name, (lowest, highest) in {**NUMBERS, **dict.fromkeys(MONTHS, (0, MOST_MONTHS))}.items():
            value = self.cleaned_data.get(name)
            if value is not None and not lowest <= value <= highest:
                self.add_error(name, f"Choose a number from {lowest} to {highest}.")
        return self.cleaned_data

    @property
    def problems(self) -> dict[str, list[str]]:
        """{control: what is wrong with what was sent of it}."""
        return {name: [str(message) for message in messages] for name, messages in self.errors.items() if name != DRAWN}

    def frame(self) -> dict[str, Any]:
        """What is said of the frame; what is left out, or is no choice, is left out here too."""
        return _frame(self.cleaned_data)

    def drawn_for(self) -> dict[str, Any] | None:
        """The frame in which the controls stood when they were sent; None where the address is a link."""
        parts = self.cleaned_data.get(DRAWN, "").split(".")
        known = {code for code, _ in self.fields["specialty"].choices}  # type: ignore[attr-defined]
        values = _frame(dict(zip(FRAME, parts, strict=False)))
        return values if len(values) == len(FRAME) and values["specialty"] in known else None

    def said(self) -> dict[str, Any]:
        """Every valid answer by the name of its control; None where it is not said. What the address leaves out is left out."""
        answers = {name: value for name, value in self.cleaned_data.items() if name not in {*FRAME, DRAWN} and self.add_prefix(name) in self.data}
        typed = {name: _typed(name, value) for name, value in answers.items() if name not in NOT_SAID}
        found = {name: value for name, value in typed.items() if value is not None or name in MAY_BE_EMPTY}
        for box, names in NOT_SAID.items():
            if answers.get(box):
                found |= dict.fromkeys(names)
        for step, score in SCORES.items():
            if score in found and step not in found:
                found[step] = StepStanding.SCORED
            elif found.get(step, StepStanding.SCORED) != StepStanding.SCORED:
                found[score] = None
        return found


def _without_marks(data: QueryDict) -> QueryDict:
    """The address without the empty values that tell "none of them" from "not moved"; their names stay."""
    cleaned = data.copy()
    for name in map(parameter, MANY):
        if name in cleaned:
            cleaned.setlist(name, [value for value in cleaned.getlist(name) if value])
    return cleaned


def _frame(values: Mapping[str, Any]) -> dict[str, Any]:
    """The frame in the types of the adapters."""
    found: dict[str, Any] = {"specialty": values["specialty"]} if values.get("specialty") else {}
    if values.get("kind") in set(ApplicantType):
        found["kind"] = ApplicantType(values["kind"])
    if values.get("complete") in {YES, NO}:
        found["complete"] = values["complete"] == YES
    return found


def _typed(name: str, value: object) -> object:
    """An answer in the type of its setting; None where it is empty, or not said."""
    if isinstance(value, list):
        return tuple(value)
    return {word.value: word for word in WORDS[name]}.get(value) if name in WORDS else value


class ScenarioForm(forms.Form):
    """The name of a scenario."""

    name = forms.CharField(
        label="Name of the scenario",
        max_length=MAX_LABEL,
        error_messages={"required": "Give the scenario a name, such as: with Step 3.", "max_length": f"Use at most {MAX_LABEL} letters, digits and spaces."},
    )
