"""Rows of a packed list that become items only when somebody looks at them: a page shows fifty of some hundred thousand. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

Item_co = TypeVar("Item_co", covariant=True)


class Listed(Sequence[Item_co], Generic[Item_co]):
    """Behaves as the list of its items; each is made anew whenever it is looked at."""

    def __init__(self, rows: Sequence[Sequence[Any]], make: Callable[[Sequence[Any]], Item_co]) -> None:
        self._rows, self._make = rows, make

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Item_co: ...

    @overload
    def __getitem__(self, place: slice) -> list[Item_co]: ...

    def __getitem__(self, place: int | slice) -> Item_co | list[Item_co]:
        if isinstance(place, slice):
            return [self._make(row) for row in self._rows[place]]
        return self._make(self._rows[place])

    def __iter__(self) -> Iterator[Item_co]:
        return map(self._make, self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as lists have none
