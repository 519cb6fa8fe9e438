"""The buttons that put programs on one's list and take them off, wherever a program is shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Saving:
    """What the buttons of a page need: what is on the reader's list, their answers for links, and where to go back to."""

    keys: frozenset[str]
    size: int
    query: str
    back: str
