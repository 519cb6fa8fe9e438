"""The buttons that put programs on one's list and take them off, wherever a program is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matching.choices import ON_LIST, Standing


@dataclass(frozen=True)
class Saving:
    """What the buttons of a page need: what programs are to the reader's list, their answers for links, and where to go back to."""

    standings: Mapping[str, str]
    query: str
    back: str

    @cached_property
    def keys(self) -> frozenset[str]:
        """Programs on the list."""
        return frozenset(key for key, standing in self.standings.items() if standing in ON_LIST)

    @property
    def size(self) -> int:
        """How many they are."""
        return len(self.keys)

    @cached_property
    def suggested(self) -> frozenset[str]:
        """Programs that wait for an answer."""
        return frozenset(key for key, standing in self.standings.items() if standing == Standing.SUGGESTED)

    @cached_property
    def vetoed(self) -> frozenset[str]:
        """Programs that the reader ruled out."""
        return frozenset(key for key, standing in self.standings.items() if standing == Standing.VETOED)
