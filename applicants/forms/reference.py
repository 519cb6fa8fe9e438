"""What the forms offer to choose from. Views fill it, because programs and applicants do not know each other."""

from collections.abc import Sequence
from dataclasses import dataclass

Choice = tuple[str, str]


@dataclass(frozen=True)
class Reference:
    """`specialties`: code and name, in menu order. `regions`: each region with its states, USPS code and name."""

    specialties: Sequence[Choice]
    regions: Sequence[tuple[str, Sequence[Choice]]]
    program_types: Sequence[Choice]

    @property
    def specialty_codes(self) -> frozenset[str]:
        return frozenset(code for code, _ in self.specialties)

    @property
    def states(self) -> list[Choice]:
        return [state for _, states in self.regions for state in states]

    @property
    def state_codes(self) -> frozenset[str]:
        return frozenset(code for code, _ in self.states)
