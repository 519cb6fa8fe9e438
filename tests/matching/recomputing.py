"""Saved applicants, lists and runs for tests of recomputes."""

from applicants.services import save_profile
from matching.models import ChangeNotice, ListEntry, RecomputeRun, ScoreSnapshot
from matching.packing import COLUMNS, stack, unpack_chances, unpack_ids
from matching.services.chunks import work
from matching.services.lists import add_to_list
from matching.services.ranking import rank
from matching.services.runs import start_run
from programs.models import Program
from programs.services import apply_changes
from tests.matching.builders import profile
from tests.programs.builders import new_fact, source

ADMIN = "admin@example.org"
OTHER_SPECIALTY = "120"


def applicant(**changes):
    """A saved profile without results."""
    return save_profile(by="visitor", data=profile(**changes))


def key(number):
    """The key of a program that `market` makes."""
    return f"14005{number:05d}"


def state(number, cause="Import of programs.csv", *, name="Program pages", **facts):
    """The source `name` states `facts` about one program."""
    about = source(name)
    apply_changes(by="test", cause=cause, facts=[new_fact(about, field, value, program_key=key(number)) for field, value in facts.items()])


def recompute(cause="Import of programs.csv"):
    """A run to its end; None where there was nothing to do."""
    run = start_run(by=ADMIN, cause=cause)
    if run is not None:
        finish(run)
    return run


def finish(run):
    """Work until nothing is left."""
    while work(run.pk):
        pass
    run.refresh_from_db()


def listed(owner, *numbers):
    """Put programs on the owner's list."""
    return add_to_list(by="visitor", profile=owner, keys=[key(number) for number in numbers], match_year=2027)


def results(owner, specialty="140"):
    """{program id: (tier, chance, low, high, excluded)} as the snapshot has them, packed."""
    kept = ScoreSnapshot.objects.select_related("order").get(profile=owner, specialty=specialty)
    ids = unpack_ids(kept.order.ids)
    found = stack(ids, [[getattr(kept, name) for name in COLUMNS]])
    names = ("tier", "chance", "low", "high", "excluded")
    return {int(program_id): tuple(int(getattr(found, name)[0, place]) for name in names) for place, program_id in enumerate(ids)}


def all_results():
    """{(profile, specialty): (version, what it rests on, results)} of every snapshot."""
    kept = ScoreSnapshot.objects.select_related("profile")
    return {(one.profile_id, one.specialty): (one.data_version, one.engine, results(one.profile, one.specialty)) for one in kept}


def as_page_says(data, specialty="140"):
    """{program id: (tier, chance)} as the list page ranks them now."""
    ranking = rank(data, specialty=specialty, match_year=2027)
    rows = zip(ranking.programs.table.ids.tolist(), ranking.scores.tier[0].tolist(), ranking.scores.chance[0].tolist(), strict=True)
    return {program_id: (tier, chance) for program_id, tier, chance in rows}


def chances(found):
    """The chances of `results` as probabilities."""
    return {program_id: float(unpack_chances(row[1])) for program_id, row in found.items()}


def program_id(number):
    """The row of one program."""
    return Program.objects.get(key=key(number)).pk


def entry(owner, number):
    """One entry of the owner's list."""
    return ListEntry.objects.get(list__profile=owner, program__key=key(number))


def notices(owner):
    """[(key, kind, cause)] in the order they were written."""
    return list(ChangeNotice.objects.filter(list__profile=owner).order_by("pk").values_list("program_key", "kind", "cause"))


def runs():
    """[(state, version)] in order."""
    return list(RecomputeRun.objects.order_by("pk").values_list("state", "data_version"))
