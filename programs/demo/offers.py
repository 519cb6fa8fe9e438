"""Tracks of invented programs with their positions, matched and not, in past Matches. Pure."""

from collections.abc import Sequence

from programs.changes import NewTrack, NewTrackYear
from programs.choices import FULL_TRACK_TYPES, OPEN_TRACK_TYPES, TrackType
from programs.demo.draw import Draw
from programs.demo.tables import DemoTables, TrackMix
from programs.demo.traits import Traits

YEARS, YEARS_OF_A_NEW_PROGRAM = 5, 3
TRACK_NAMES = {
    TrackType.CATEGORICAL: "Categorical",
    TrackType.PRIMARY_CARE: "Primary care",
    TrackType.PRELIMINARY: "Preliminary",
    TrackType.ADVANCED: "Advanced",
    TrackType.RESERVED: "Physicians with prior U.S. training",
}


def make_tracks(seed: int, traits: Traits, season: int, tables: DemoTables) -> list[NewTrack]:
    """Make the tracks of one program with the three to five Matches before `season`."""
    sketch = traits.sketch
    draw = Draw(seed, "tracks", sketch.acgme_id)
    offered = _offered(tables.tracks[sketch.specialty.code], draw)
    whole = sum(mix.size for mix in offered if TrackType(mix.track_type) in FULL_TRACK_TYPES)
    years = YEARS_OF_A_NEW_PROGRAM if draw.chance(tables.parameters["new_program_share"]) else YEARS
    return [
        NewTrack(
            program_key=sketch.acgme_id,
            nrmp_code=f"{sketch.institution.code}{sketch.specialty.code}{mix.track_type}0",
            name=TRACK_NAMES[TrackType(mix.track_type)],
            track_type=mix.track_type,
            years=_years(traits, mix, max(1, round(sketch.positions * mix.size / whole)), years=range(season - years, season), draw=draw, tables=tables),
        )
        for mix in offered
    ]


def _offered(mixes: Sequence[TrackMix], draw: Draw) -> list[TrackMix]:
    """Choose the tracks of a program. One that trains for the whole specialty is always among them."""
    chosen = [mix for mix in mixes if draw.chance(mix.share)]
    if not any(TrackType(mix.track_type) in FULL_TRACK_TYPES for mix in chosen):
        chosen.append(max(mixes, key=lambda mix: mix.share if TrackType(mix.track_type) in FULL_TRACK_TYPES else 0))
    return sorted(chosen, key=lambda mix: mix.track_type)


def _years(traits: Traits, mix: TrackMix, quota: int, *, years: range, draw: Draw, tables: DemoTables) -> tuple[NewTrackYear, ...]:
    rows = []
    for year in years:
        if draw.chance(tables.parameters["resize_share"]):
            quota = max(1, quota + (1 if draw.chance(0.6) else -1))
        rows.append(NewTrackYear(year, quota, quota - _unfilled(traits, mix, quota, draw)))
    return tuple(rows)


def _unfilled(traits: Traits, mix: TrackMix, quota: int, draw: Draw) -> int:
    """Positions that stay open: in the specialty's share of tracks, oftener where the program is less selective, few at a time."""
    risk = traits.sketch.specialty.unfilled * max(0.1, 1 - 0.6 * traits.sketch.selective)
    if TrackType(mix.track_type) not in OPEN_TRACK_TYPES or not draw.chance(risk):
        return 0
    return min(quota, 1 + int(quota * 0.4 * draw.uniform()))
