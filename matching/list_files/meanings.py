"""What a column of a spreadsheet list can mean, guessed from the words of its header. Pure."""

from collections.abc import Mapping, Sequence

from matching.list_files.columns import COLUMNS, STEP_LABELS
from programs.imports.columns import Column, plain_name
from programs.imports.meanings import LEFT_OUT, Meaning, guess

# What only our own JSON file has.
POSITION, STEPS = "position", "steps"
STATUS, INSTITUTION, PLACE = "status", "institution", "place"
OWN_LABELS: Mapping[str, str] = {POSITION: "Place on the list", STEPS: "SmartPick season steps"}
# One of these a file needs: they say which program a row is about.
IDENTITY = ("key", "acgme_id", "nrmp_codes", "program", INSTITUTION)
# Other names by which people call a column.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "key": ("smartpick_key",),
    "acgme_id": ("acgme", "acgme_code", "acgme_number", "acgme_program_id", "acgme_program_code", "accreditation_id", "accreditation_number", "program_id"),
    "nrmp_codes": ("nrmp", "nrmp_code", "nrmp_id", "nrmp_program_code", "nrmp_number", "track_code", "match_code"),
    "program": ("program_name", "name", "programme", "residency", "residency_program", "program_title"),
    INSTITUTION: ("institution_name", "hospital", "hospital_name", "sponsor", "sponsoring_institution", "university"),
    "city": ("program_city", "town"),
    "state": ("program_state", "st"),
    PLACE: ("city_state", "location", "city_and_state", "where"),
    "specialty": ("speciality", "field", "specialty_name", "department", "sheet"),
    "note": ("notes", "comment", "comments", "remark", "remarks", "my_notes"),
    "tags": ("tag", "label", "labels", "category"),
    "signal": ("signals", "signaled", "signalled", "signal_type", "signal_sent", "program_signal"),
    "connection": ("connections", "personal_connection"),
    "standing": (),
    STATUS: ("application_status", "stage", "current_status"),
    "rank": ("rol", "rank_order", "my_rank", "rank_number"),
    "reason": (),
    "step_applied": ("applied_on", "applied_date", "applied_dates", "date_applied", "application_date", "date_of_application"),
    "step_invited": ("invited_on", "invitation", "invitation_date", "interview_invite", "interview_invitation", "ii", "iv_invite", "invite_date"),
    "step_waitlisted": ("waitlist", "waitlisted_on", "waitlist_date", "wait_list"),
    "step_declined": ("rejected", "rejection", "rejected_on", "rejection_date"),
    "step_interviewed": ("interview_date", "interviewed", "interviewed_on", "iv_date", "date_of_interview"),
    "step_withdrawn": ("withdrawn_on", "withdrew"),
    "step_ranked": ("ranked_on",),
    "step_matched": ("matched_on",),
}
# Where no name fits whole: a word in the header, and what it then means; the first that fits.
BY_WORD: tuple[tuple[str, str], ...] = (
    ("acgme", "acgme_id"),
    ("nrmp", "nrmp_codes"),
    ("specialty", "specialty"),
    ("institution", INSTITUTION),
    ("hospital", INSTITUTION),
    ("notes", "note"),
    ("comments", "note"),
    ("signal", "signal"),
    ("tags", "tags"),
)
LABELS: Mapping[str, str] = {
    STATUS: "Status, in words",
    INSTITUTION: "Institution",
    PLACE: "City and state together",
    **OWN_LABELS,
    **{f"step_{step.value}": f"{label}, its day" for step, label in STEP_LABELS.items()},
}
_OWN = {column.key: column for column in COLUMNS if column.read}
ORDER = (
    *("program", INSTITUTION, "acgme_id", "nrmp_codes", "city", "state", PLACE, "specialty", "note", "tags", "signal", "connection"),
    *("standing", STATUS, *(f"step_{step.value}" for step in STEP_LABELS), "rank", "reason", "key", *OWN_LABELS),
)


def _meaning(key: str) -> Meaning:
    label = LABELS.get(key) or _OWN[key].label
    own = _OWN[key].label if key in _OWN else OWN_LABELS.get(key, "")
    return Meaning(key, label, label, (Column(key, str, label),), tuple(filter(None, (own, *ALIASES.get(key, ())))))


MEANINGS: tuple[Meaning, ...] = tuple(_meaning(key) for key in ORDER)
CHOICES: tuple[tuple[str, str], ...] = tuple((meaning.key, meaning.label) for meaning in MEANINGS)


def guessed(header: Sequence[str]) -> dict[int, str]:
    """{place: key of a meaning, "" to leave it out}: by whole names first, then by a word in them; nothing twice."""
    found = guess(header, MEANINGS, {})
    for place, title in enumerate(header):
        words = set(plain_name(title).split("_"))
        if found[place] == LEFT_OUT:
            key = next((key for word, key in BY_WORD if word in words), LEFT_OUT)
            found[place] = key if key not in found.values() else LEFT_OUT
    return found


def identifies(meanings: Mapping[int, str]) -> bool:
    """Whether the columns say which program a row is about."""
    return not set(IDENTITY).isdisjoint(meanings.values())
