"""The demonstration data as plain rows, the same for the same seed on every machine. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from programs.changes import NewFact, NewProgram, NewTrack
from programs.choices import FULL_TRACK_TYPES, TrackType
from programs.demo.institutions import make_institutions
from programs.demo.offers import make_tracks
from programs.demo.statements import make_facts
from programs.demo.tables import DemoTables
from programs.demo.traits import Traits, make_traits
from programs.demo.truth import make_truth


@dataclass(frozen=True)
class DemoRows:
    """Everything that is written for the demonstration, apart from people."""

    programs: tuple[NewProgram, ...]
    tracks: tuple[NewTrack, ...]
    facts: tuple[NewFact, ...]

    def digest(self) -> str:
        """Return a SHA-256 over all rows: equal rows, equal digest."""
        hashed = hashlib.sha256()
        for row in (*self.programs, *self.tracks, *self.facts):
            hashed.update(repr(row).encode())
        return hashed.hexdigest()


def generate(*, seed: int, programs: int, season: int, source_ids: Mapping[str, int], tables: DemoTables) -> DemoRows:
    """Generate `programs` invented programs with tracks and facts for the Match of `season`.

    `source_ids` gives the id of each source of `tables.sources` by its name. Raises ValueError for a number of
    programs that the codes reserved for the demonstration cannot hold.
    """
    identities: list[NewProgram] = []
    tracks: list[NewTrack] = []
    facts: list[NewFact] = []
    for traits in make_traits(seed, programs, make_institutions(seed, programs, tables), tables):
        its = make_tracks(seed, traits, season, tables)
        identities.append(_identity(traits))
        tracks.extend(its)
        truth = make_truth(seed, traits, _positions(its), season, tables)
        facts.extend(make_facts(seed, truth, season=season, source_ids=source_ids, tables=tables))
    return DemoRows(tuple(identities), tuple(tracks), tuple(facts))


def _identity(traits: Traits) -> NewProgram:
    sketch = traits.sketch
    return NewProgram(
        key=sketch.acgme_id,
        specialty=sketch.specialty.code,
        name=sketch.institution.name,
        city=sketch.institution.city.city,
        state=sketch.institution.city.state,
        acgme_id=sketch.acgme_id,
        nrmp_institution=sketch.institution.code,
        is_demo=True,
    )


def _positions(tracks: list[NewTrack]) -> int:
    """The positions of the newest year in tracks that train for the whole specialty."""
    return sum(track.years[-1].quota for track in tracks if TrackType(track.track_type) in FULL_TRACK_TYPES)
