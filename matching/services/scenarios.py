"""The only writer of scenarios: profiles that might be, kept under a name."""

import json
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from hashlib import sha256
from secrets import token_urlsafe

from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.profile_json import ProfileError, parse_profile, profile_to_json
from applicants.queries import profile_data
from applicants.services import save_profile
from matching.models import Scenario
from matching.services.snapshots import refresh_profile, writing_results
from smartpick import audit
from smartpick.access import VISITOR

# Enough to compare, few enough to find one again.
MOST_SCENARIOS = 20
LONGEST_NAME = 80  # of Scenario.name
PROFILE_GONE = "This profile was deleted: start again with a new one."
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
    """Give a scenario another name. Raises ScenarioError where it is taken or empty, and for a scenario that is gone."""
    with writing_results():
        held = _held(scenario)
        held.name = _free_name(held.profile, name, but=held)
        held.save(update_fields=("name",))
        _written(by, "scenario:rename", held)
        return held


def delete_scenario(*, by: str, scenario: Scenario) -> None:
    """Delete a scenario for good, and its link with it. Raises ScenarioError for one that is gone."""
    with writing_results():
        held = _held(scenario)
        _written(by, "scenario:delete", held)
        held.delete()


def share_scenario(*, by: str, scenario: Scenario) -> str:
    """Open a scenario to whoever holds its link: the token of it. One that is shared keeps its token. Raises ScenarioError for one that is gone."""
    with writing_results():
        held = _held(scenario)
        if held.token is None:
            held.token = token_urlsafe(TOKEN_BYTES)
            held.save(update_fields=("token",))
            _written(by, "scenario:share", held)
        return held.token


def unshare_scenario(*, by: str, scenario: Scenario) -> None:
    """End the link at once. It never opens again: another one has another token. Raises ScenarioError for a scenario that is gone."""
    with writing_results():
        held = _held(scenario)
        held.token = None
        held.save(update_fields=("token",))
        _written(by, "scenario:unshare", held)


def adopt_scenario(*, by: str, scenario: Scenario, answers: ProfileData, seen: str | None = None) -> Profile:
    """Make `answers`, those of the scenario, those of its profile, as `adopted` says; results and list follow. One transaction.

    `seen` is `fingerprint` of the profile as the reader saw it (None: no check). Raises ScenarioError where the profile is another one by now, or gone:
    nobody agrees to replace what they have not seen; and InvalidProfileError where `answers` do not hold.
    """
    with writing_results():
        held = _held(scenario)
        if seen is not None and seen != fingerprint(profile_data(held.profile)):
            raise ScenarioError("Your profile was changed since this page was opened, so nothing was replaced. Look again at what would change.")
        profile = save_profile(by=by, data=adopted(profile_data(held.profile), answers), profile=held.profile)
        refresh_profile(profile)
        return profile


def adopted(held: ProfileData, scenario: ProfileData) -> ProfileData:
    """What a profile would be with the answers of a scenario: what no scenario is about stays."""
    return replace(scenario, label=held.label, school_country=held.school_country, budget_usd=held.budget_usd)


def fingerprint(data: ProfileData) -> str:
    """The same for the same answers, and no others."""
    return sha256(json.dumps(profile_to_json(data)).encode()).hexdigest()


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
        raise ScenarioError(PROFILE_GONE)
    return held


def _held(scenario: Scenario) -> Scenario:
    """The scenario as it is now, its profile locked."""
    profile = _locked(scenario.profile)
    held = Scenario.objects.filter(pk=scenario.pk).first()
    if held is None:
        raise ScenarioError(f"“{scenario.name}” was deleted meanwhile.")
    held.profile = profile
    return held


def _free_name(profile: Profile, name: str, but: Scenario | None = None) -> str:
    wanted = unicodedata.normalize("NFC", " ".join(name.split()))  # or two names that look the same would be two
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
