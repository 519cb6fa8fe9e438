"""A profile as a JSON file, in and out. Pure. The format is documented in docs/profile-json.md."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.json_positions import JsonSyntaxError, Node, lines_by_path, read_json
from applicants.json_shapes import Field, FileProblem, array_of, day, number, one_of, record_of, required, scalar, text, whole, yes_no
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from applicants.validators import validate_profile

SITTING_KEYS: dict[str, Field] = {
    "exam": required(one_of(Exam)),
    "outcome": required(one_of(Outcome)),
    "date": scalar(day),
    "score": scalar(whole),
}
USCE_KEYS: dict[str, Field] = {
    "kind": required(one_of(UsceKind)),
    "months": required(scalar(number)),
    "specialty": scalar(text),
    "ended": scalar(day),
}
LETTER_KEYS: dict[str, Field] = {
    "from_us": required(scalar(yes_no)),
    "specialty": scalar(text),
}
PROFILE_KEYS: dict[str, Field] = {
    "applicant_type": required(one_of(ApplicantType)),
    "specialties": required(array_of(scalar(text))),
    "school_country": scalar(text),
    "graduation_year": scalar(whole),
    "sittings": array_of(record_of(Sitting, SITTING_KEYS)),
    "sittings_complete": scalar(yes_no),
    "failed_attempts": scalar(whole),
    "step2_not_passed": scalar(yes_no),
    "ecfmg_status": one_of(EcfmgStatus),
    "ecfmg_expected": scalar(day),
    "usce": array_of(record_of(UsceSpell, USCE_KEYS)),
    "letters": array_of(record_of(Letter, LETTER_KEYS)),
    "research_experiences": scalar(whole),
    "publications": scalar(whole),
    "volunteer_experiences": scalar(whole),
    "visa_need": one_of(VisaNeed),
    "preferred_states": array_of(scalar(text)),
    "ruled_out_states": array_of(scalar(text)),
    "ruled_out_program_types": array_of(scalar(text)),
    "budget_usd": scalar(whole),
    "label": scalar(text),
}


class ProfileError(ValueError):
    """The text holds no valid profile. `problems` says all that is wrong, in the order of the file."""

    def __init__(self, problems: list[FileProblem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def parse_profile(text: str, *, today: date, specialty_codes: Collection[str], state_codes: Collection[str]) -> ProfileData:
    """Read one profile from the text of a JSON file.

    Raises `ProfileError` with every problem found and the line of each: first all about the shape
    (keys and types), and where the shape is right, all about the values.
    """
    try:
        root = read_json(text)
    except JsonSyntaxError as error:
        raise ProfileError([FileProblem(error.line, "", error.message, error.column)]) from None
    data = _read(root)
    found = validate_profile(data, today=today, specialty_codes=specialty_codes, state_codes=state_codes)
    if found:
        lines = lines_by_path(root)
        raise ProfileError([FileProblem(_line_of(problem.path, lines), problem.path, problem.message) for problem in found])
    return data


def _read(root: Node) -> ProfileData:
    problems: list[FileProblem] = []
    data = record_of(_profile, PROFILE_KEYS).read(root, "", problems)
    if not isinstance(data, ProfileData):
        raise ProfileError(problems)
    return data


def _profile(**values: object) -> object:
    # A list of sittings is read as the whole list; where there is none, nothing is known about sittings.
    values.setdefault("sittings_complete", "sittings" in values)
    build: type = ProfileData
    return build(**values)


def _line_of(path: str, lines: Mapping[str, int]) -> int:
    """Find the line of `path`, or of the nearest thing around it where the key itself is left out."""
    while path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines[path]


def profile_to_json(data: ProfileData) -> dict[str, object]:
    """Turn a profile into plain values for `json.dumps`, with every key; `parse_profile` reads it back unchanged."""
    return {field.name: _plain(getattr(data, field.name)) for field in fields(data)}


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case "":  # in a profile an empty text is one that was not given
            return None
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return value
