"""Planning a small file without a database: what is on record is made up as well."""

from collections.abc import Sequence

from programs.changes import NewProgram, NewTrack
from programs.imports.plan import ImportPlan, Known, References
from programs.imports.presets import Preset
from programs.imports.reader import read_table
from tests.programs.imports.files import csv_bytes

REFERENCES = References(
    {"140": "Internal Medicine", "120": "Family Medicine", "040": "Anesthesiology"}, {"OH": "Ohio", "NY": "New York", "DC": "District of Columbia"}
)
NOTHING = Known({}, {})
Problems = list[tuple[int, str, str, str, str]]


def planned(preset: Preset, header: Sequence[str], *rows: Sequence[object], known: Known = NOTHING) -> ImportPlan:
    """What a file of that layout says."""
    table = read_table(csv_bytes(header, *rows))
    return preset.plan(table, preset.bind(table.header), REFERENCES, known)


def on_record(*programs: NewProgram, tracks: Sequence[NewTrack] = ()) -> Known:
    """Programs and tracks as the database would hold them."""
    return Known({program.key: program for program in programs}, {track.nrmp_code: track for track in tracks})


def states(plan: ImportPlan) -> list[str]:
    """The state of each row, in the order of the file."""
    return [plan.states[line].value for line in sorted(plan.states)]


def problems(plan: ImportPlan) -> Problems:
    """Every problem as plain values."""
    return [(p.line, p.column, p.value, p.severity.value, p.message) for p in plan.problems]
