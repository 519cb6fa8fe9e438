"""Applicant-proposing deferred acceptance for residents and programs, as the Match runs it (couples apart)."""

from collections.abc import Mapping, Sequence
from heapq import heappush, heappushpop


def deferred_acceptance(choices: Sequence[Sequence[int]], orders: Sequence[Mapping[int, float]], quotas: Sequence[int]) -> list[int | None]:
    """The applicant-optimal stable assignment: for each applicant the index of a program, or None.

    `choices[a]`: programs that applicant a ranks, best first. `orders[p]`: {applicant: place}, the smallest
    place is the best, no two alike; whoever is missing was not ranked. `quotas[p]`: positions.
    """
    held: list[list[tuple[float, int]]] = [[] for _ in quotas]  # by program, a heap with the worst place on top
    assigned: list[int | None] = [None] * len(choices)
    asked = [0] * len(choices)  # how far down the own list each applicant has come
    free = list(range(len(choices)))
    while free:
        applicant = free.pop()
        while asked[applicant] < len(choices[applicant]):
            program = choices[applicant][asked[applicant]]
            asked[applicant] += 1
            place = orders[program].get(applicant)
            if place is None or quotas[program] <= 0:
                continue
            offer = (-place, applicant)
            if len(held[program]) < quotas[program]:
                heappush(held[program], offer)
                assigned[applicant] = program
                break
            _, rejected = heappushpop(held[program], offer)
            if rejected != applicant:
                assigned[applicant], assigned[rejected] = program, None
                free.append(rejected)
                break
    return assigned
