"""The columns of a list as a file, in order: the one table that CSV, XLSX and the page about them share. Pure."""

from dataclasses import dataclass

from matching.choices import Step

STEP_LABELS = {
    Step.APPLIED: "Applied",
    Step.INVITED: "Invited",
    Step.WAITLISTED: "Waitlisted",
    Step.DECLINED: "Not invited",
    Step.INTERVIEWED: "Interview",
    Step.WITHDRAWN: "Withdrawn",
    Step.RANKED: "Ranked",
    Step.MATCHED: "Matched",
}
STEP_KEY = "step_{}"
YES, NO, NOT_KNOWN = "yes", "no", "not known"
DAY_NOT_KNOWN = YES  # in the column of a step that has happened on an unknown day


@dataclass(frozen=True)
class FileColumn:
    """One column. `width` in characters; `help` says what it holds; `read` says that an import takes it in again."""

    key: str
    label: str
    width: int
    help: str
    read: bool = False


_STEPS = tuple(
    FileColumn(STEP_KEY.format(step.value), label, 12, f"The day of: {step.label}. “{DAY_NOT_KNOWN}” where the day is not known.", read=True)
    for step, label in STEP_LABELS.items()
)
COLUMNS: tuple[FileColumn, ...] = (
    FileColumn("program", "Program", 40, "What the program is called.", read=True),
    FileColumn("city", "City", 18, "Where it is.", read=True),
    FileColumn("state", "State", 7, "The two letters of the state.", read=True),
    FileColumn("specialty", "Specialty", 22, "What it trains for.", read=True),
    FileColumn("program_type", "Program type", 20, "University, university-affiliated, community or military."),
    FileColumn("acgme_id", "ACGME id", 13, "Ten digits, as text.", read=True),
    FileColumn("nrmp_codes", "NRMP codes", 24, "Its tracks, as text, with spaces between.", read=True),
    FileColumn("visa_j1", "J-1 visa", 11, "yes, no, not known, or sources disagree."),
    FileColumn("visa_h1b", "H-1B visa", 11, "The same."),
    FileColumn("tier", "Tier", 11, "safer, middle, reach, excluded, or not ranked."),
    FileColumn("chance", "Chance", 9, "Of an interview, from 0 to 1, with connection and signal counted in. An estimate."),
    FileColumn("low", "Low", 9, "The low end of its range."),
    FileColumn("high", "High", 9, "The high end of its range."),
    FileColumn("in_words", "Chance in words", 32, "The same as people say it: no estimate is more exact than that."),
    FileColumn("why", "Why excluded or not ranked", 36, "The requirements that exclude you, or why there is no result."),
    FileColumn("unknown", "Key facts unknown", 10, "How many of the facts that decide who is screened out are not known."),
    FileColumn("deadline", "Deadline", 12, "For applications, where it is known."),
    FileColumn("website", "Website", 30, "Where it is known."),
    FileColumn(
        "stale", "From an earlier season", 22, "Which of visas, deadline and website were last stated for an earlier season: ask before you rely on them."
    ),
    FileColumn("standing", "Standing", 12, "on the list, locked in, suggested, or ruled out. Only the first two are applications.", read=True),
    FileColumn("signal", "Signal", 13, "Blank where there is none.", read=True),
    FileColumn("connection", "Connection", 12, "none, weak, moderate or strong.", read=True),
    FileColumn("tags", "Tags", 20, "Your own, with semicolons between.", read=True),
    FileColumn("note", "Note", 40, "Your own.", read=True),
    FileColumn("reason", "Why it is here", 36, "What was said when it was suggested.", read=True),
    *_STEPS,
    FileColumn("rank", "Rank list", 10, "Its place on your rank list.", read=True),
    FileColumn("invented", "Invented", 10, "yes where the program is made up for demonstration."),
    FileColumn("key", "SmartPick key", 16, "By which an import finds the program again.", read=True),
)
KEYS = tuple(column.key for column in COLUMNS)
LABELS = tuple(column.label for column in COLUMNS)
WIDTHS = tuple(column.width for column in COLUMNS)
# What the summary sheet of an XLSX file is called, and its two columns.
SUMMARY = "Summary"
SUMMARY_HEADER = ("About this file", "Value", "What it means")
SUMMARY_WIDTHS = (34, 40, 80)
