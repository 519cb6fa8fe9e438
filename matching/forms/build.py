"""What a reader asks of "Build it for me": all of it in the address, so that a proposal can be kept as a bookmark."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict

from applicants.forms.fields import several, tick, whole_number
from matching.choices import Where

MOST_PROGRAMS = 300  # matching.services.editing.MOST_ENTRIES; a test holds the two together
MOST_USD = 100_000  # as in the profile: applicants.validators.MAX_BUDGET_USD
LEAST_ONE_IN, MOST_ONE_IN, ONE_IN = 10, 100_000, 500
CARE = 50
ALWAYS = ("specialties", "care", "one_in")  # without them nothing could be built, whatever else is said
# Present in every address that the form itself makes: boxes that are not ticked leave no other trace.
ASKED = "where"

Choice = tuple[str, str]


class BuildForm(forms.Form):
    """Bind it to `BuildForm.answers(request.GET, initial)`. Optional throughout: whatever is missing has a default."""

    budget = whole_number("Spend at most ($)", highest=MOST_USD)
    number = whole_number("Programs at most", lowest=1, highest=MOST_PROGRAMS)
    specialties = several("Build for")
    where = forms.ChoiceField(
        label="Where",
        choices=Where.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three.", "invalid_choice": "Choose one of the three."},
    )
    mine = tick("My preferred states")
    regions = several("Regions of the U.S. Census")
    states = several("Single states")
    care = forms.IntegerField(
        label="How much you care about the place",
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"type": "range", "step": 10}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Choose a number from 0 to 100."),
    )
    keep = tick("Keep every program that is on my list now")
    sure = tick("Leave out programs where something that is not known could still exclude me")
    one_in = whole_number("Stop where the next application adds less than 1 match in so many applicants like you", lowest=LEAST_ONE_IN, highest=MOST_ONE_IN)

    def __init__(
        self,
        address: QueryDict,
        *,
        specialties: Sequence[Choice],
        regions: Sequence[tuple[str, Sequence[Choice]]],
        preferred: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(address, **kwargs)
        self.address = address
        self.by_region = {region: tuple(code for code, _ in states) for region, states in regions}
        self.preferred = tuple(preferred)
        self.fields["specialties"] = several("Build for", specialties)
        self.fields["regions"] = several("Regions of the U.S. Census", [(region, region) for region in self.by_region])
        self.fields["states"] = several("Single states", [state for _, states in regions for state in states])

    @staticmethod
    def answers(address: QueryDict, defaults: Mapping[str, Any]) -> QueryDict:
        """The address with `defaults` for what it leaves out; only those of ALWAYS where the form itself made the address."""
        filled = address.copy()
        for name, value in defaults.items():
            if name not in filled and (ASKED not in address or name in ALWAYS):
                filled.setlist(name, [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
        return filled

    def clean(self) -> dict[str, Any]:
        """Check ranges, and that places are named where places are asked for."""
        answers = self.cleaned_data
        self._check_range("budget", 0, MOST_USD, "Enter whole dollars from 0 to {most:,}, or leave it blank.")
        self._check_range("number", 1, MOST_PROGRAMS, "A list holds at most {most} programs: enter a number from {least} to {most}, or leave it blank.")
        self._check_range("one_in", LEAST_ONE_IN, MOST_ONE_IN, "Enter a whole number from {least} to {most:,}.")
        if not self.errors and answers["where"] != Where.ANY and not self._places():
            self.add_error("where", "Choose at least one region or state below, or Anywhere.")
        return answers

    def _check_range(self, name: str, least: int, most: int, message: str) -> None:
        value = self.cleaned_data.get(name)
        if value is not None and not least <= value <= most:
            self.add_error(name, message.format(least=least, most=most))

    def _places(self) -> frozenset[str]:
        """Codes of all states that were named one way or another."""
        answers = self.cleaned_data
        of_regions = [code for region in answers["regions"] for code in self.by_region[region]]
        return frozenset((*answers["states"], *of_regions, *(self.preferred if answers["mine"] else ())))

    @property
    def states_by_region(self) -> list[tuple[str, list[BoundWidget]]]:
        """The boxes of single states under the names of their regions."""
        boxes = iter(self["states"])
        return [(region, list(islice(boxes, len(codes)))) for region, codes in self.by_region.items()]

    def wish(self) -> dict[str, Any]:
        """The valid answers under the names of `matching.services.pools.Wish`."""
        answers = self.cleaned_data
        return {
            "specialties": frozenset(answers["specialties"]),
            "budget": answers["budget"],
            "most": answers["number"],
            "where": Where(answers["where"]),
            "states": self._places(),
            "care": CARE if answers["care"] is None else answers["care"],
            "keep": answers["keep"],
            "sure": answers["sure"],
            "one_in": answers["one_in"] or ONE_IN,
        }
