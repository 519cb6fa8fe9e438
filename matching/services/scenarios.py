"""The only writer of scenarios: profiles that might be, kept under a name."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from secrets import token_urlsafe

from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.profile_json import ProfileError, parse_profile, profile_to_json
from matching.models import Scenario
from matching.services.locks import writing_results
from smartpick import audit
from smartpick.access import VISITOR

# Enough to compare, few enough to find one again.
MOST_SCENARIOS = 20
LONGEST_NAME = 80  # of Scenario.name
TOKEN_BYTES = 32  # 256 bits of chance: nobody finds a link by trying


class ScenarioError(ValueError):
    """A scenario that cannot be kept, or read, as asked; the message says what to do. Nothing was written."""


def save_scenario(*, by: str, profile: Profile, name: str, data: ProfileData) -> Scenario:
    """Keep `data`, which holds as a profile, under a name; without the profile's own label.

    One transaction; an audit event where the writer is not the owner. Raises ScenarioError where the name is taken or empty, where there are
    MOST_SCENARIOS, and for a profile that is gone.
    """
    with writing_results():
        held = _locked(profile)
        name = _free_name(held, name)
        if held.scenarios.count() >= MOST_SCENARIOS:
            raise ScenarioError(f"{MOST_SCENARIOS} scenarios are kept, and that is the most: delete one under Scenarios first.")
        saved = Scenario.objects.create(profile=held, name=name, answers=profile_to_json(replace(data, label="")))
        _written(by, "scenario:save", saved)
        return saved


def rename_scenario(*, by: str, scenario: Scenario, name: str) -> Scenario:
    """Give a scenario another name. Raises ScenarioError where it is taken or empty."""
    with writing_results():
        scenario.name = _free_name(_locked(scenario.profile), name, but=scenario)
        scenario.save(update_fields=("name",))
        _written(by, "scenario:rename", scenario)
        return scenario


def delete_scenario(*, by: str, scenario: Scenario) -> None:
    """Delete a scenario for good, and its link with it."""
    with writing_results():
        _locked(scenario.profile)
        _written(by, "scenario:delete", scenario)
        scenario.delete()


def share_scenario(*, by: str, scenario: Scenario) -> str:
    """Open a scenario to whoever holds its link: the token of it. One that is shared keeps its token."""
    with writing_results():
        _locked(scenario.profile)
        scenario.refresh_from_db(fields=("token",))
        if scenario.token is None:
            scenario.token = token_urlsafe(TOKEN_BYTES)
            scenario.save(update_fields=("token",))
            _written(by, "scenario:share", scenario)
        return scenario.token


def unshare_scenario(*, by: str, scenario: Scenario) -> None:
    """End the link at once. It never opens again: another one has another token."""
    with writing_results():
        _locked(scenario.profile)
        Scenario.objects.filter(pk=scenario.pk).update(token=None)
        _written(by, "scenario:unshare", scenario)


def read_scenario(scenario: Scenario, *, today: date, specialty_codes: Collection[str], state_codes: Collection[str]) -> ProfileData:
    """The profile that a scenario holds. No queries. Raises ScenarioError where it was kept under rules that have changed since."""
    try:
        return parse_profile(json.dumps(scenario.answers), today=today, specialty_codes=specialty_codes, state_codes=state_codes)
    except ProfileError as error:
        said = "; ".join(f"{problem.path}: {problem.message}" if problem.path else problem.message for problem in error.problems)
        stale = f"“{scenario.name}” does not hold as a profile any more. Delete it, and save it again from What if."
        raise ScenarioError(f"{stale} What is wrong: {said}") from None


def _locked(profile: Profile) -> Profile:
    """The profile, and nobody writes a scenario of it before this transaction ends: so none is one too many."""
    held = Profile.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=profile.pk).first()
    if held is None:
        raise ScenarioError("This profile was deleted: start again with a new one.")
    return held


def _free_name(profile: Profile, name: str, but: Scenario | None = None) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise ScenarioError("Give the scenario a name, such as: with Step 3.")
    if len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise ScenarioError(f"Use at most {LONGEST_NAME} letters, digits and spaces.")
    taken = profile.scenarios.filter(name=wanted)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise ScenarioError(f"There is a scenario named “{wanted}” already: choose another name.")
    return wanted


def _written(by: str, verb: str, scenario: Scenario) -> None:
    """Count it as work on the profile (`applicants.services.delete_abandoned_profiles` goes by its date), and keep an audit event unless the owner wrote."""
    profile = scenario.profile
    profile.save(update_fields=("updated_at",))
    if by != (profile.owner.email if profile.owner else VISITOR):
        audit.record(by=by, verb=verb, target=f"profile:{profile.pk}", scenario=scenario.pk)
