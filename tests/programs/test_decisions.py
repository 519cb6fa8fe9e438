"""What a data admin settles about one field."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.decisions import DecisionError, choose_fact, confirm_fact, field_now
from programs.limits import LONGEST_CHOICE_REASON
from programs.models import DataVersion, Fact, Program, Source
from smartpick.models import AuditEvent
from tests.programs.builders import program
from tests.programs.stating import LIST, PAGES, SITE, URL, current, state

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 1)


@pytest.fixture
def lake():
    return program()


def confirm(fact, **more):
    return confirm_fact(**{"by": "ann@example.org", "fact": fact, "url": URL, "quote": "We sponsor J-1.", "today": TODAY, **more})


def choose(fact, reason="The page is newer."):
    return choose_fact(by="ann@example.org", fact=fact, reason=reason)


def test_confirm_states_the_value_once_more_for_the_open_season(lake):
    old = state(lake, "yes", season=2026, as_of=date(2025, 9, 1), strictness="preferred")
    new = confirm(old)
    assert (new.value, new.strictness, new.source, new.as_of, new.season, new.url, new.quote) == (
        "yes",
        "preferred",
        old.source,
        TODAY,
        2027,
        URL,
        "We sponsor J-1.",
    )
    assert current(lake) == (True, ["known", "preferred", False])
    old.refresh_from_db()
    assert (old.withdrawn_at, old.season) == (None, 2026)


def test_confirm_is_one_data_version_and_is_audited_with_before_and_after(lake):
    old = state(lake, "yes", season=2026)
    new = confirm(old)
    version = DataVersion.objects.get()
    assert (version.cause, version.touched) == (
        "J-1 visa of Lakeshore Invented Hospital confirmed as yes (Program pages)",
        {str(lake.pk): ["visa_j1"]},
    )
    event = AuditEvent.objects.get(target=f"program:{lake.key}")
    assert (event.by, event.verb, event.detail["before"]["stale"], event.detail["after"]) == (
        "ann@example.org",
        "fact:confirm",
        True,
        {"state": "known", "value": "yes", "strictness": "strict", "stale": False, "fact": new.pk},
    )


def test_confirm_of_what_is_known_already_touches_no_result(lake):
    confirm(state(lake, "yes"))
    assert DataVersion.objects.get().touched == {}


def test_confirm_twice_is_refused(lake):
    old = state(lake, "yes", season=2026)
    confirm(old)
    with pytest.raises(DecisionError, match="Another statement about J-1 visa counts by now"):
        confirm(old)
    assert Fact.objects.count() == 2


def refusals(lake):
    old = state(lake, "yes", season=2026)
    outranked = state(lake, "no", by=SITE)
    future = state(lake, "5", "positions", as_of=TODAY + timedelta(days=1))
    return old, outranked, future


@pytest.mark.parametrize(
    ("which", "more", "told"),
    [
        (1, {}, "counts by now"),
        (2, {}, "after today"),
        (0, {"url": ""}, "beginning with https"),
        (0, {"url": "javascript:alert(1)"}, "beginning with https"),
        (0, {"url": "https://ann:secret@example.org/"}, "Leave out the user name"),
        (0, {"url": f"https://example.org/{'x' * 300}"}, "longer than 300"),
        (0, {"quote": "x" * 301}, "longer than 300"),
    ],
)
def test_confirm_refused_writes_nothing(lake, which, more, told):
    fact = refusals(lake)[which]
    with pytest.raises(DecisionError, match=told):
        confirm(fact, **more)
    assert (Fact.objects.count(), DataVersion.objects.count(), AuditEvent.objects.count()) == (3, 0, 0)


def test_confirm_of_a_withdrawn_statement_says_why_it_was(lake):
    old = state(lake, "yes")
    Fact.objects.update(withdrawn_at="2026-09-09T00:00Z", withdrawn_why="import undone")
    with pytest.raises(DecisionError, match="import undone"):
        confirm(old)


def test_confirm_in_a_conflict_asks_to_choose_first(lake):
    fact = state(lake, "yes")
    state(lake, "no", by=LIST)
    with pytest.raises(DecisionError, match="choose the statement that holds first"):
        confirm(fact)


def test_confirm_about_a_withdrawn_program_is_refused(lake):
    fact = state(lake, "yes")
    Program.objects.update(is_withdrawn=True)
    with pytest.raises(DecisionError, match="was withdrawn meanwhile"):
        confirm(fact)


@pytest.mark.parametrize("side", [0, 1])
def test_choose_ends_the_conflict_with_that_statement(lake, side):
    sides = [state(lake, "yes"), state(lake, "no", by=LIST)]
    assert current(lake) == (None, ["conflict", "strict", False])
    chosen = choose(sides[side])
    assert (chosen.fact, chosen.withdrawn) == (sides[side], 1)
    assert current(lake) == (side == 0, ["known", "strict", False])
    gone = Fact.objects.exclude(withdrawn_at=None).get()
    assert (gone, gone.withdrawn_why) == (sides[1 - side], "Another statement was chosen: The page is newer.")


def test_choose_is_audited_with_what_was_withdrawn(lake):
    yes, no = state(lake, "yes"), state(lake, "no", by=LIST)
    choose(no)
    event = AuditEvent.objects.get(target=f"program:{lake.key}")
    assert (event.by, event.verb, event.detail["before"]["state"], event.detail["after"]["value"]) == ("ann@example.org", "fact:choose", "conflict", "no")
    assert (event.detail["chosen"], event.detail["withdrawn"], event.detail["reason"]) == (no.pk, [yes.pk], "The page is newer.")
    assert DataVersion.objects.get().touched == {str(lake.pk): ["visa_j1"]}


def test_choose_withdraws_what_the_withdrawn_statement_had_replaced(lake):
    older = state(lake, "yes", as_of=date(2026, 6, 1))
    newer = state(lake, "yes")
    no = state(lake, "no", by=LIST)
    assert choose(no).withdrawn == 2
    assert set(Fact.objects.exclude(withdrawn_at=None)) == {older, newer}
    assert current(lake) == (False, ["known", "strict", False])


def test_choose_keeps_statements_that_say_the_same(lake):
    state(lake, "yes")
    no, agreeing = state(lake, "no", by=LIST), state(lake, "no", by=("Staff", 3))
    choose(no)
    assert field_now(lake, "visa_j1").deciding == no
    agreeing.refresh_from_db()
    assert agreeing.withdrawn_at is None


def test_choose_again_is_refused_because_nothing_is_in_dispute(lake):
    yes, no = state(lake, "yes"), state(lake, "no", by=LIST)
    choose(yes)
    with pytest.raises(DecisionError, match="do not disagree about J-1 visa any more"):
        choose(yes)
    with pytest.raises(DecisionError, match="was withdrawn meanwhile"):
        choose(no)


def test_choose_a_statement_outside_the_dispute_is_refused(lake):
    state(lake, "yes")
    state(lake, "no", by=LIST)
    with pytest.raises(DecisionError, match="not among those in dispute"):
        choose(state(lake, "no", by=SITE))


@pytest.mark.parametrize("reason", ["", "  ", "x" * (LONGEST_CHOICE_REASON + 1)])
def test_choose_needs_a_reason_that_fits(lake, reason):
    yes = state(lake, "yes")
    state(lake, "no", by=LIST)
    with pytest.raises(DecisionError, match="Give the reason"):
        choose(yes, reason)
    assert Fact.objects.filter(withdrawn_at=None).count() == 2


def test_choose_longest_reason_is_kept_whole(lake):
    yes = state(lake, "yes")
    state(lake, "no", by=LIST)
    choose(yes, "x" * LONGEST_CHOICE_REASON)
    assert len(Fact.objects.exclude(withdrawn_at=None).get().withdrawn_why) == 200


NAMES = [PAGES, LIST, ("Other pages", 1), ("Staff", 3), SITE]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["220", "225", "230"]), st.integers(1, 28), st.sampled_from([2025, 2026, 2027])), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_choose_any_side_of_any_conflict_ends_it_with_that_value(lake, told):
    Fact.objects.all().delete()
    Source.objects.all().delete()
    for by, value, day, season in told:
        state(lake, value, "step2_min", by=by, as_of=date(2026, 8, day), season=season)
    said = field_now(lake, "step2_min")
    if said.rivals:
        side = said.rivals[-1]
        choose(side)
        value, stored = current(lake, "step2_min")
        assert (value, stored[0]) == (int(side.value), "known")
