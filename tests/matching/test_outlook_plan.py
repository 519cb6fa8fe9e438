"""Two specialties in one plan: one hidden strength, one match at most, said in one sentence."""

import pytest
from django.utils.html import strip_tags

from matching.services.outlook import PLAN_SIZE, outlooks, plan
from matching.services.ranking import rank
from programs.services import apply_changes
from tests.matching.builders import market, profile, remember
from tests.programs.builders import new_fact, new_program, query_count, source

pytestmark = pytest.mark.django_db
BOTH = ("140", "120")


def two_markets(here=40, there=70):
    """Open programs in Internal Medicine and in Family Medicine."""
    market(here, visa_j1="yes")
    keys = [f"12005{number:05d}" for number in range(1, there + 1)]
    programs = [new_program(key, specialty="120", name=f"Invented Family Practice {key[-3:]}") for key in keys]
    apply_changes(by="test", cause="test", programs=programs, facts=[new_fact(source(), program_key=key) for key in keys])


def rankings(codes=BOTH):
    return [rank(profile(specialties=BOTH), specialty=code, match_year=2027) for code in codes]


def test_plan_takes_the_likeliest_of_each_and_nobody_matches_twice():
    two_markets()
    ranked = rankings()
    found = plan(ranked)
    assert [(part.specialty, part.size) for part in found.parts] == [("140", 40), ("120", PLAN_SIZE)]
    assert sum(part.match for part in found.parts) == pytest.approx(found.outlook.middle.match)
    alone = [next(one.outlook.middle.match for one in outlooks(each) if one.size == part.size) for each, part in zip(ranked, found.parts, strict=True)]
    assert found.parts[0].match == pytest.approx(alone[0])
    # Who has not matched in the first is rather the weaker applicant: the second brings less than it would alone, and even less than by chance.
    assert found.parts[1].match < (1 - alone[0]) * alone[1]
    assert max(alone) < found.outlook.middle.match < sum(alone)
    assert query_count(lambda: plan(ranked)) == 0


def test_plan_needs_two_specialties_with_open_programs():
    market(3, visa_j1="yes")
    assert plan(rankings(("140",))) is None
    assert plan(rankings()) is None


def test_list_page_of_a_profile_with_two_specialties_tells_the_plan(client):
    two_markets()
    remember(client, profile(specialties=BOTH))
    page = " ".join(strip_tags(client.get("/list/ranked/").content.decode()).split())
    assert "Your specialties in one plan, the likeliest 40 in Internal Medicine and 60 in Family Medicine: a match in any of them about " in page
    assert " in Internal Medicine, about " in page
    assert " in Family Medicine instead." in page
    # The order of preference is the profile's, whichever list is on view.
    other = client.get("/list/ranked/?specialty=120").content.decode()
    assert "likeliest 40 in Internal Medicine and 60 in Family Medicine" in " ".join(strip_tags(other).split())


def test_list_page_of_one_specialty_tells_of_no_plan(client):
    two_markets()
    remember(client, profile())
    assert "in one plan" not in client.get("/list/ranked/").content.decode()
