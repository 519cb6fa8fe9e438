"""Suggested corrections: kept, limited, answered once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from programs.choices import SourceRank
from programs.corrections import CorrectionError, TooManyError, accept, decline, sender_hash, suggest
from programs.limits import MOST_OPEN
from programs.models import Correction, DataVersion, Fact, Program, Source
from smartpick.models import AuditEvent
from tests.programs.builders import program
from tests.programs.stating import LIST, URL, current, state, suggested

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 1)


@pytest.fixture
def lake():
    return program()


def send(lake, value="no", field="visa_j1", **more):
    values = {"by": "visitor", "strictness": "strict", "url": URL, "note": "", "sender": sender_hash("192.0.2.1"), **more}
    return suggest(program=lake, field=field, value=value, **values)


def take(correction, rank=SourceRank.PROGRAM):
    return accept(by="ann@example.org", correction=correction, rank=rank, today=TODAY)


def test_suggest_keeps_the_value_and_changes_nothing(lake):
    state(lake, "yes")
    kept = send(lake, note="third line")
    assert (kept.value, kept.strictness, kept.url, kept.note, kept.state) == ("no", "strict", URL, "third line", "open")
    assert (current(lake), DataVersion.objects.count()) == ((True, ["known", "strict", False]), 0)
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.target) == ("visitor", "correction:suggest", f"correction:{kept.pk}")


def test_suggest_keeps_the_canonical_spelling(lake):
    assert send(lake, "0.620", "share_non_us_img", strictness="").value == "0.62"


@pytest.mark.parametrize(
    ("value", "field", "more", "told"),
    [
        ("perhaps", "visa_j1", {}, "write yes or no"),
        ("500", "step2_min", {}, "outside 1 to 300"),
        ("no", "visa_j1", {"strictness": ""}, "how firmly"),
        ("no", "visa_j1", {"strictness": "very"}, "how firmly"),
        ("5", "positions", {}, "no requirement"),
        ("no", "visa_j1", {"url": "ftp://example.org/"}, "https://"),
        ("no", "visa_j1", {"url": ""}, "https://"),
        ("no", "visa_j1", {"note": "x" * 501}, "longer than 500"),
    ],
)
def test_suggest_what_cannot_be_kept_is_refused(lake, value, field, more, told):
    with pytest.raises(CorrectionError, match=told):
        send(lake, value, field, **more)
    assert (Correction.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_suggest_what_the_page_says_already_is_refused_kindly(lake):
    state(lake, "yes")
    with pytest.raises(CorrectionError, match="Thank you for checking"):
        send(lake, "yes")


@pytest.mark.parametrize(("stated", "strictness"), [({"season": 2026}, "strict"), ({}, "preferred")], ids=["stale", "other strictness"])
def test_suggest_the_same_value_is_news_where_something_about_it_differs(lake, stated, strictness):
    state(lake, "yes", **stated)
    assert send(lake, "yes", strictness=strictness).state == "open"


def test_suggest_what_waits_already_is_refused(lake):
    send(lake)
    with pytest.raises(CorrectionError, match="same value already"):
        send(lake, sender="somebody else")


def test_suggest_again_after_an_answer_is_taken(lake):
    decline(by="ann", correction=send(lake), reason="The page is of another program.")
    assert send(lake).state == "open"


def test_suggest_about_a_withdrawn_program_is_refused(lake):
    Program.objects.update(is_withdrawn=True)
    with pytest.raises(CorrectionError, match="not in the data any more"):
        send(lake)


def positions(lake, count, **more):
    for number in range(count):
        send(lake, str(number), "positions", strictness="", **more)


def test_suggest_sixth_within_an_hour_is_too_many(lake):
    positions(lake, 5)
    with pytest.raises(TooManyError, match="5 suggestions came from your address within an hour"):
        send(lake)
    assert send(lake, sender=sender_hash("192.0.2.2")).state == "open"


def test_suggest_twenty_first_within_a_day_is_too_many(lake):
    for number in range(20):
        suggested(lake, str(number), "positions", sender="ann")
    Correction.objects.update(created_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(TooManyError, match="20 suggestions came from your address within a day, the most we take"):
        send(lake, sender="ann")
    Correction.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert send(lake, sender="ann").state == "open"


def test_suggest_is_refused_while_as_many_wait_as_can_be_looked_through(lake):
    Correction.objects.bulk_create(Correction(program=lake, field="positions", value=str(n), url=URL, sender=str(n)) for n in range(MOST_OPEN))
    with pytest.raises(TooManyError, match="200 suggestions are waiting"):
        send(lake)


def test_sender_is_the_same_for_one_address_and_does_not_hold_it():
    one, other = sender_hash("192.0.2.1"), sender_hash("192.0.2.2")
    assert (one == sender_hash("192.0.2.1"), one == other, len(one), "192" in one) == (True, False, 64, False)


def test_accept_as_the_programs_own_page_becomes_a_fact_named_after_the_host(lake):
    kept = suggested(lake)
    said = take(kept)
    fact = Fact.objects.get()
    assert (fact.value, fact.strictness, fact.as_of, fact.season, fact.url) == ("no", "strict", TODAY, 2027, URL)
    assert (fact.source.name, fact.source.rank) == ("program.example.org, the program's own page", SourceRank.PROGRAM)
    assert (said.deciding, current(lake)) == (fact, (False, ["known", "strict", False]))
    kept.refresh_from_db()
    assert (kept.state, kept.decided_by, kept.fact) == ("accepted", "ann@example.org", fact)


def test_accept_is_audited_with_before_and_after(lake):
    take(suggested(lake))
    event = AuditEvent.objects.get(verb="correction:accept", target=f"program:{lake.key}")
    assert (event.by, event.detail["before"]["state"], event.detail["after"]["value"]) == ("ann@example.org", "unknown", "no")
    version = DataVersion.objects.get()
    assert (version.cause, version.touched) == (
        "J-1 visa of Lakeshore Invented Hospital corrected to no on a reader's word",
        {str(lake.pk): ["visa_j1"]},
    )


def test_accept_as_a_report_is_outranked_by_what_counts(lake):
    state(lake, "yes")
    said = take(suggested(lake), SourceRank.COMMUNITY)
    assert (said.state.value, current(lake)) == ("yes", (True, ["known", "strict", False]))
    assert Fact.objects.get(value="no").source.name == "Reports by readers"
    assert DataVersion.objects.get().touched == {}


def test_accept_against_a_trusted_source_is_a_conflict(lake):
    state(lake, "yes", by=LIST)
    assert len(take(suggested(lake)).rivals) == 1
    assert current(lake) == (None, ["conflict", "strict", False])


def test_accept_about_an_invented_program_brings_a_source_that_goes_with_it():
    take(suggested(program(is_demo=True)))
    source = Source.objects.get()
    assert (source.is_demo, source.name) == (True, "program.example.org, the program's own page (demonstration)")


def test_accept_from_one_host_twice_uses_one_source(lake):
    take(suggested(lake))
    take(suggested(lake, "5", "positions"))
    assert Source.objects.count() == 1


@pytest.mark.parametrize("rank", [SourceRank.OFFICIAL, SourceRank.AGGREGATOR])
def test_accept_with_another_rank_is_refused(lake, rank):
    with pytest.raises(CorrectionError, match="choose one of the two"):
        take(suggested(lake), rank)
    assert Fact.objects.count() == 0


def test_accept_about_a_withdrawn_program_is_refused(lake):
    kept = suggested(lake)
    Program.objects.update(is_withdrawn=True)
    with pytest.raises(CorrectionError, match="decline the suggestion"):
        take(kept)


def test_decline_keeps_the_reason_and_is_audited(lake):
    kept = decline(by="ann@example.org", correction=suggested(lake), reason=" That is another program. ")
    assert (kept.state, kept.reason, kept.decided_by, Fact.objects.count()) == ("declined", "That is another program.", "ann@example.org", 0)
    event = AuditEvent.objects.get()
    assert (event.verb, event.detail["after"]) == ("correction:decline", {"state": "declined", "reason": "That is another program."})


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_decline_needs_a_reason_that_fits(lake, reason):
    kept = suggested(lake)
    with pytest.raises(CorrectionError, match="Give the reason"):
        decline(by="ann", correction=kept, reason=reason)
    kept.refresh_from_db()
    assert kept.state == "open"


def say_no(correction):
    return decline(by="bob@example.org", correction=correction, reason="No.")


@pytest.mark.parametrize(("first", "told"), [(take, "ann@example.org accepted"), (say_no, "bob@example.org declined")])
@pytest.mark.parametrize("second", [take, say_no])
def test_answer_after_an_answer_is_refused_and_says_whose(lake, first, second, told):
    kept = suggested(lake)
    first(kept)  # and `kept` still says "open", as the page of a second admin does
    with pytest.raises(CorrectionError, match=f"{told} this suggestion on 20"):
        second(kept)
    assert Fact.objects.count() == (1 if first is take else 0)
