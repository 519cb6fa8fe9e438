"""`python -m tests.faults.market 300`: fill a new database with a market in which a recompute is planned, and no part of it done.

Applicants have results and a saved list each; then a third of the programs changed. Every name is invented.
"""

import sys
from datetime import timedelta
from io import StringIO

import django

django.setup()  # this file is a program of its own: the models can be imported after this only

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed  # noqa: E402
from applicants.profile import Letter, ProfileData, Sitting  # noqa: E402
from applicants.services import save_profile  # noqa: E402
from matching.choices import RunState  # noqa: E402
from matching.models import ListEntry, ProgramList, RecomputeRun  # noqa: E402
from matching.services import runs  # noqa: E402
from matching.services.chunks import work  # noqa: E402
from programs.changes import NewFact, NewProgram  # noqa: E402
from programs.choices import SourceRank  # noqa: E402
from programs.models import Program  # noqa: E402
from programs.services import apply_changes, get_or_create_source  # noqa: E402

BY, SEASON = "test", 2027
SPECIALTIES = ("140", "120")
PROGRAMS_OF_EACH = 80
LISTED = 6
# Small parts, so that there are many to be caught in.
PROFILES_OF_A_PART = 3


def keys_of(specialty: str) -> list[str]:
    return [f"{specialty}05{number:05d}" for number in range(1, PROGRAMS_OF_EACH + 1)]


def make_programs(source_id: int) -> None:
    keys = [key for specialty in SPECIALTIES for key in keys_of(specialty)]
    programs = [NewProgram(key, key[:3], f"Invented Hospital {key[-3:]}", "Toledo", "OH", key) for key in keys]
    facts = []
    for place, key in enumerate(keys):
        facts += [
            fact(source_id, key, "step2_min", str(205 + place % 40), "strict" if place % 2 else "preferred"),
            fact(source_id, key, "visa_j1", "yes", "strict"),
            fact(source_id, key, "share_non_us_img", f"0.{place % 9 + 1}"),
        ]
    apply_changes(by=BY, cause="first data", programs=programs, facts=facts)


def fact(source_id: int, key: str, field: str, value: str, strictness: str = "", *, later: int = 0) -> NewFact:
    return NewFact(key, field, value, strictness, source_id, timezone.localdate() - timedelta(days=30 - later), SEASON)


def make_applicants(count: int) -> None:
    """Each with a list, over the programs of both specialties or of one."""
    ids = dict(Program.objects.values_list("key", "pk"))
    lists, entries = [], []
    for number in range(count):
        profile = save_profile(by=BY, data=applicant(number))
        keys = [key for specialty in profile.specialties for key in keys_of(specialty)]
        chosen = {keys[(number * 7 + step * 11) % len(keys)] for step in range(LISTED)}
        lists.append(ProgramList(profile=profile, season=SEASON))
        entries += [ListEntry(list=lists[-1], program_id=ids[key]) for key in sorted(chosen)]
    ProgramList.objects.bulk_create(lists)
    ListEntry.objects.bulk_create(entries)


def applicant(number: int) -> ProfileData:
    kind = (ApplicantType.NON_US_IMG, ApplicantType.NON_US_IMG, ApplicantType.US_IMG)[number % 3]
    return ProfileData(
        applicant_type=kind,
        specialties=(SPECIALTIES, SPECIALTIES[:1], SPECIALTIES[1:])[number % 3 if number % 4 else 0],
        graduation_year=2015 + number % 10,
        sittings=(Sitting(Exam.STEP1, Outcome.PASS), Sitting(Exam.STEP2_CK, Outcome.PASS, None, 215 + number % 50)),
        letters=(Letter(from_us=bool(number % 2), specialty=""),),
        publications=number % 6,
        visa_need=VisaNeed.NONE if kind == ApplicantType.US_IMG else VisaNeed.J1,
    )


def bring_up_to_date() -> None:
    run = runs.start_run(by=BY, cause="first results")
    while run and work(run.pk):
        pass
    if run is None or RecomputeRun.objects.get(pk=run.pk).state != RunState.DONE:
        raise SystemExit("The first recompute did not end.")


def change_programs(source_id: int) -> None:
    """Of every third program: higher scores asked for, or no visa any more."""
    facts = []
    for specialty in SPECIALTIES:
        for place, key in enumerate(keys_of(specialty)[::3]):
            new = ("visa_j1", "no", "strict") if place % 2 else ("step2_min", str(230 + place % 20), "strict")
            facts.append(fact(source_id, key, *new, later=20))
    apply_changes(by=BY, cause="a third of the programs changed", facts=facts)


def plan() -> None:
    runs.CHUNK_PROFILES = runs.CHUNK_PROFILES_TOUCHED = PROFILES_OF_A_PART
    runs.start_run(by=BY, cause="the recompute under test")


def main(applicants: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=StringIO())
    source = get_or_create_source(name="Program pages", rank=SourceRank.PROGRAM, by=BY)
    make_programs(source.pk)
    make_applicants(applicants)
    bring_up_to_date()
    change_programs(source.pk)
    plan()


if __name__ == "__main__":
    main(int(sys.argv[1]))
