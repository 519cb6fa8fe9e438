"""What the controls of What-if are called in an address. Pure.

Every parameter begins with "w-". One that is left out is as in the profile; "w-year_unknown" says that the year is not said.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

PREFIX = "w"
DRAWN = "drawn"  # what the controls were drawn for: "specialty.kind.complete"
UNKNOWN, YES, NO, ON = "unknown", "yes", "no", "on"
FRAME = ("specialty", "kind", "complete")
# What is said or not said together: the box, and the controls that count for nothing while it is ticked.
NOT_SAID: Mapping[str, tuple[str, ...]] = {
    "year_unknown": ("year",),
    "fails_unknown": ("fails",),
    "usce_unknown": ("hands_on", "observed"),
    "letters_unknown": ("letters_us_in", "letters_us_out", "letters_abroad_in", "letters_abroad_out"),
    "publications_unknown": ("publications",),
    "research_unknown": ("research",),
    "volunteering_unknown": ("volunteering",),
}
BOX_OF: Mapping[str, str] = {name: box for box, names in NOT_SAID.items() for name in names}
MANY = ("preferred", "ruled_out", "ruled_out_types")
SCORES: Mapping[str, str] = {"step1": "step1_score", "step2": "step2_score"}


def parameter(name: str) -> str:
    """The parameter of a control."""
    return f"{PREFIX}-{name}"


def is_parameter(name: str) -> bool:
    """Whether a parameter of an address is one of What-if's."""
    return name.startswith(f"{PREFIX}-")


def parameters(frame: Mapping[str, Any], moved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters that say what was moved, and that `matching.forms.what_if` reads back."""
    found: dict[str, list[str]] = {name: [as_text(name, value)] for name, value in frame.items()}
    for name, value in moved.items():
        if value is None and name in BOX_OF:
            found[BOX_OF[name]] = [ON]
        elif name in MANY:
            found[name] = ["", *value]  # an empty one as well, so that none is told from not moved
        elif value is not None or name not in SCORES.values():
            found[name] = [as_text(name, value)]
    return [(parameter(name), text) for name, texts in found.items() for text in texts]


def as_text(name: str, value: object) -> str:
    """A value as an address and a control hold it."""
    match value:
        case bool():
            return YES if value else NO
        case date():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case None:
            return "" if name == "expected" else UNKNOWN
        case _:
            return str(value)
