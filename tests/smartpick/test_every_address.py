"""Who gets what at every address of SmartPick.

Whoever adds an address adds a line to ADDRESSES, or the first test fails; if its page needs rows, they are made in `world`.
"""

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from matching.services.scenarios import save_scenario, share_scenario
from smartpick.roles import Role
from tests.applicants.builders import FULL, load_reference_rows
from tests.applicants.visiting import keep
from tests.programs.builders import program
from tests.programs.importing import batch, draft
from tests.programs.stating import LIST, state, suggested
from tests.smartpick.people import signed_in

VISITOR, APPLICANT, ADVISOR, DATA_ADMIN = "visitor", *Role
EVERYBODY = (VISITOR, APPLICANT, ADVISOR, DATA_ADMIN)
# What a page can answer.
PAGE, ON, SIGN_IN, MISSING = "a page", "leads on", "leads to the sign-in page", "does not exist"
OPEN = dict.fromkeys(EVERYBODY, PAGE)
LEADS_ON = dict.fromkeys(EVERYBODY, ON)  # takes a form only, or answers are wanted first
DATA = {VISITOR: SIGN_IN, APPLICANT: MISSING, ADVISOR: MISSING, DATA_ADMIN: PAGE}
DATA_FORM = DATA | {DATA_ADMIN: ON}  # takes a form only; a link leads on

# Name of the address: who gets what for a link, and the names in `world` of what the address holds.
ADDRESSES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "matching:start": (OPEN, {}),
    "matching:ranked": (LEADS_ON, {}),
    "matching:why": (LEADS_ON, {"key": "program"}),
    "matching:method": (OPEN, {}),
    "applicants:profile-edit": (OPEN, {}),
    "applicants:profile-delete": (LEADS_ON, {}),
    "applicants:profile-try": (LEADS_ON, {"pk": "nothing"}),
    "programs:list": (OPEN, {}),
    "programs:detail": (OPEN, {"key": "program"}),
    "account:sign-in": (OPEN | {APPLICANT: ON, ADVISOR: ON, DATA_ADMIN: ON}, {}),
    "account:sign-out": (LEADS_ON, {}),
    # Facts and corrections
    "programs:correction-new": (OPEN, {"key": "program", "field": "field"}),
    "programs:fact-confirm": (DATA, {"key": "program", "pk": "fact"}),
    "programs:fact-choose": (DATA, {"key": "program", "pk": "disputed"}),
    "corrections:show": (OPEN, {"token": "token"}),
    "data:corrections": (DATA, {}),
    "data:correction": (DATA, {"pk": "correction"}),
    "data:correction-accept": (DATA_FORM, {"pk": "correction"}),
    "data:correction-decline": (DATA_FORM, {"pk": "correction"}),
    # Data quality
    "data:quality": (DATA, {}),
    "data:quality-conflicts": (DATA, {}),
    "data:quality-sources": (DATA, {}),
    "data:quality-programs": (DATA_FORM, {}),  # not a form either: without a number there is nothing to list
    "data:quality-statements": (DATA_FORM, {}),
    # Saved lists
    "matching:list": (OPEN, {}),
    "matching:list-edit": (LEADS_ON, {}),
    "matching:list-target": (LEADS_ON, {}),
    "matching:entry": (LEADS_ON, {"key": "program"}),  # nobody here has a list
    "matching:saved-add": (LEADS_ON, {"key": "program"}),
    "matching:saved-remove": (LEADS_ON, {"key": "program"}),
    "matching:changes": (OPEN, {}),
    "matching:changes-seen": (LEADS_ON, {}),
    # Building it, and signals
    "matching:build": (LEADS_ON, {}),
    "matching:build-accept": (LEADS_ON, {}),
    "matching:signals": (OPEN, {}),
    "matching:signals-place": (LEADS_ON, {}),
    # Looking at lists and programs
    "matching:compare": (OPEN, {}),
    "matching:map": (LEADS_ON, {}),
    "matching:charts": (LEADS_ON, {}),
    # Files and paper
    "matching:files": (OPEN, {}),
    "matching:export-csv": (LEADS_ON, {}),
    "matching:export-xlsx": (LEADS_ON, {}),
    "matching:export-json": (LEADS_ON, {}),
    "matching:import": (LEADS_ON, {}),
    "matching:print": (OPEN, {}),
    # The season
    "matching:season": (OPEN, {}),
    "matching:season-mark": (LEADS_ON, {}),
    "matching:season-undo": (LEADS_ON, {}),
    "matching:season-entry": (dict.fromkeys(EVERYBODY, MISSING), {"key": "program"}),  # nobody here has a list
    "matching:season-entry-remove": (LEADS_ON, {"key": "program"}),
    "matching:calendar": (OPEN, {}),
    "matching:calendar-switch": (LEADS_ON, {}),
    "matching:calendar-download": (LEADS_ON, {}),  # nobody here has a list
    "matching:calendar-feed": (dict.fromkeys(EVERYBODY, MISSING), {"token": "field"}),
    "matching:rank-list": (OPEN, {}),
    "matching:rank-move": (LEADS_ON, {"key": "program"}),
    "matching:rank-certified": (LEADS_ON, {}),
    "matching:sharing": (OPEN, {}),
    # What might be
    "matching:what-if": (LEADS_ON, {}),
    "matching:scenarios": (OPEN, {}),
    "matching:scenario-save": (LEADS_ON, {}),
    "matching:scenario-rename": (LEADS_ON, {"pk": "scenario"}),
    "matching:scenario-delete": (LEADS_ON, {"pk": "scenario"}),
    "matching:scenario-unshare": (LEADS_ON, {"pk": "scenario"}),
    "matching:scenario-share": (dict.fromkeys(EVERYBODY, MISSING), {"pk": "scenario"}),  # it is somebody else's
    "matching:scenario-adopt": (dict.fromkeys(EVERYBODY, MISSING), {"pk": "scenario"}),
    "matching:scenario-shared": (OPEN, {"token": "link"}),
    # Recomputes
    "recomputes:list": (DATA, {}),
    "recomputes:widget": (DATA_FORM, {}),  # not a form either: it is a part of other pages
    "recomputes:start": (DATA_FORM, {}),
    "recomputes:cancel": (DATA_FORM, {"pk": "nothing"}),
    # Imports
    "data:imports": (DATA, {}),
    "data:upload": (DATA_FORM, {}),
    "data:import": (DATA, {"pk": "batch"}),
    "data:undo": (DATA_FORM, {"pk": "batch"}),
    "data:template": (DATA, {}),
    "data:dictionary": (DATA, {}),
    "data:dictionary-csv": (DATA, {}),
    "data:draft": (DATA, {"pk": "draft"}),
    "data:discard": (DATA_FORM, {"pk": "draft"}),
    "data:preview": (DATA, {"pk": "draft"}),
    "data:close": (DATA_FORM, {"pk": "draft"}),
    "data:problems": (DATA, {"pk": "draft"}),
    "data:bad-rows": (DATA, {"pk": "draft"}),
    "data:touched": (DATA, {"pk": "draft"}),
    "data:apply": (DATA_FORM, {"pk": "draft"}),
}


def all_names(resolver=None, prefix=""):
    """The name of every address; one without a name is told by its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name or entry.pattern}"
        else:
            yield from all_names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


@pytest.fixture
def world(db):
    load_reference_rows()
    lake = program()
    state(lake, "no", by=LIST)
    fact, disputed, kept = state(lake, "5", "positions"), state(lake, "yes"), suggested(lake)
    scenario = save_scenario(by=VISITOR, profile=keep(), name="somebody's", data=FULL)
    return {
        "program": lake.key,
        "nothing": 1,
        "field": "visa_j1",
        "fact": fact.pk,
        "disputed": disputed.pk,
        "correction": kept.pk,
        "token": kept.token,
        "scenario": scenario.pk,
        "link": share_scenario(by=VISITOR, scenario=scenario),
        "draft": draft().pk,
        "batch": batch().pk,
    }


def browser(who):
    return Client() if who == VISITOR else signed_in(Role(who))


def got(response):
    """What the answer comes to."""
    if response.status_code == 302:
        return SIGN_IN if response["Location"].startswith(resolve_url(settings.LOGIN_URL)) else ON
    return {200: PAGE, 404: MISSING}.get(response.status_code, response.status_code)


def address(name, world):
    return reverse(name, kwargs={argument: world[thing] for argument, thing in ADDRESSES[name][1].items()})


def test_every_address_has_its_line():
    assert sorted(all_names()) == sorted(ADDRESSES)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", ADDRESSES)
def test_address_answers_each_role_as_the_table_says(world, name, who):
    assert got(browser(who).get(address(name, world))) == ADDRESSES[name][0][who]


@pytest.mark.parametrize("who", [VISITOR, APPLICANT, ADVISOR])
@pytest.mark.parametrize("name", [name for name in ADDRESSES if ADDRESSES[name][0] in (DATA, DATA_FORM)])
def test_address_of_data_admins_takes_no_form_of_others(world, name, who):
    assert got(browser(who).post(address(name, world))) == ADDRESSES[name][0][who]


@pytest.mark.parametrize("name", [name for name in ADDRESSES if ADDRESSES[name][0] is DATA])
def test_address_of_data_admins_is_kept_by_no_cache(world, name):
    assert "no-store" in browser(DATA_ADMIN).get(address(name, world))["Cache-Control"]
