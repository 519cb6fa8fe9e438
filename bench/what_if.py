"""Measure What if: the answer to twenty different moves, in the specialty with most programs and with a list of the most entries."""

import statistics
import time
from dataclasses import replace

ENTRIES = 300
ROUNDS = 5
TARGET = 100  # milliseconds of server time
P95 = 19  # of 20 parts
MOVES = (
    "w-step2_score=225",
    "w-step2_score=235",
    "w-step2_score=245",
    "w-step2_score=265",
    "w-step2=not_passed",
    "w-step3=passed",
    "w-step3=not_passed",
    "w-fails=0",
    "w-fails=3",
    "w-complete=yes&w-fails_step1=1",
    "w-year=2010",
    "w-year=2024",
    "w-ecfmg=not_started",
    "w-ecfmg=in_progress&w-expected=2027-01-15",
    "w-hands_on=4&w-observed=0",
    "w-letters_us_in=3&w-letters_us_out=0&w-letters_abroad_in=0&w-letters_abroad_out=1",
    "w-publications=12&w-volunteering=10",
    "w-visa=none",
    "w-kind=us_img",
    "w-preferred=&w-preferred=NY&w-preferred=CA&w-ruled_out=&w-ruled_out=TX",
)


def visitor() -> tuple[object, int]:
    """A browser whose profile has a list of ENTRIES programs in its two specialties; how many programs the first of them has."""
    from django.conf import settings
    from django.db.models import Count
    from django.test import Client

    from applicants.choices import Outcome
    from applicants.queries import demonstration_profiles, profile_data
    from applicants.services import save_profile
    from matching.services.lists import add_to_list
    from matching.services.ranking import rank
    from matching.services.snapshots import refresh_profile
    from programs.models import Program

    largest = Program.objects.values_list("specialty_id").annotate(size=Count("pk")).order_by("-size")[:2]
    (first, size), (second, _) = largest
    model = profile_data(demonstration_profiles()[0])
    sittings = tuple(one for one in model.sittings if one.outcome == Outcome.PASS)
    base = replace(model, specialties=(first, second), sittings=sittings, sittings_complete=False, failed_attempts=1, label="")
    profile = save_profile(by="visitor", data=base)
    refresh_profile(profile)
    for code, most in ((first, ENTRIES * 2 // 3), (second, ENTRIES - ENTRIES * 2 // 3)):
        ranking = rank(base, specialty=code, match_year=settings.MATCH_YEAR)
        keys = [ranking.programs.keys[place] for place in ranking.order[:most]]
        add_to_list(by="visitor", profile=profile, keys=keys, match_year=settings.MATCH_YEAR)
    client = Client()
    session = client.session
    session["profile_id"] = profile.pk
    session.save()
    return client, size


def what_if() -> list[tuple[str, list[float], float | None]]:
    """(what, milliseconds, target) of each measurement; needs the demonstration data and writes to the database."""
    client, size = visitor()
    found: list[tuple[str, list[float], float | None]] = []
    for name, headers, target in (("answer", {"HX-Request": "true"}, TARGET), ("whole page", {}, None)):
        took = [_took(client, move, headers) for _ in range(ROUNDS + 1) for move in MOVES][len(MOVES) :]  # the first round warms up
        what = f"what if: {name}, {size} programs, list of {ENTRIES}, {len(MOVES)} changes"
        found += [(what, took, target), ("  95th percentile of the same", [statistics.quantiles(took, n=20)[P95 - 1]], target)]
    return found


def _took(client: object, move: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    response = client.get(f"/list/what-if/?{move}", headers=headers)  # type: ignore[attr-defined]
    took = (time.perf_counter() - began) * 1000
    if response.status_code != 200 or b"This cannot be as it stands" in response.content:
        raise SystemExit(f"{move} answered {response.status_code}, or was refused")
    return took
