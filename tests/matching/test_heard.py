"""What the answers so far make of the rest: on the page, in numbers and words. The mathematics is tested in tests/engine."""

import pytest

from matching.presenters.heard import OUT_CHOICES, heard_panel
from matching.services.heard import heard_since
from tests.matching.builders import market
from tests.matching.recomputing import applicant, listed
from tests.matching.seasons import book, happened, stop_the_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    market(12, visa_j1="yes")
    saved = applicant()
    listed(saved, *range(1, 13))
    for number in range(1, 11):
        happened(saved, number, "applied")
    return saved


def told(out=None):
    found = heard_since(book(), out)
    return found[0] if found else None


def test_before_anything_is_heard_the_rest_is_what_was_expected(owner):
    found = told()
    assert (found.sent, found.middle.invited) == (10, 0)
    assert found.middle.rest == pytest.approx(found.middle.first.expected)
    assert found.low.rest < found.middle.rest < found.high.rest
    assert found.middle.outlook.match == pytest.approx(found.middle.first.match)


def test_what_was_sent_is_expected_alone(owner):
    assert told().middle.first.expected == pytest.approx(10 / 12 * book().work.outlook.middle.expected, rel=1e-6)


def test_an_invitation_lifts_the_rest_and_a_refusal_lowers_it(owner):
    before = told().middle.rest / 10
    happened(owner, 1, "invited")
    lifted = told().middle
    assert (lifted.invited, lifted.rest / 9 > before, lifted.outlook.match > lifted.first.match) == (1, True, True)
    happened(owner, 2, "declined")
    assert told().middle.rest / 8 < lifted.rest / 9


def test_silence_counts_once_invitations_are_out(owner):
    happened(owner, 1, "waitlisted")  # no answer yet
    assert told(0.75).middle.rest < told(0.25).middle.rest < told().middle.rest
    assert told(0.5).middle.by_now == pytest.approx(told().middle.first.expected / 2)


def test_what_was_withdrawn_does_not_count(owner):
    happened(owner, 1, "withdrawn")
    assert told().sent == 9


def test_nothing_sent_nothing_to_say():
    market(2)
    listed(applicant(), 1)
    assert (told(), heard_panel(book())) == (None, None)


def test_panel_says_what_was_heard_and_what_it_rests_on(owner):
    happened(owner, 1, "invited")
    found, panel = told(), heard_panel(book())
    middle, low, high = (one.first.expected for one in (found.middle, found.low, found.high))
    assert panel.sentence == f"1 invitation so far, expected {middle:.1f} (range {low:.1f} to {high:.1f}) from 10 applications in all."
    least, most = told(0.95).middle.rest, found.middle.rest
    ends = f"{least:.1f} if nearly all invitations of the season are out, up to {most:.1f} if silence says nothing yet"
    assert panel.rest.startswith(f"Still to be expected: {ends}. Chance of a match, invitations in hand counted: about ")
    assert "No source states by date how many invitations are out" in panel.rests_on
    assert [value for value, _, chosen in panel.choices if chosen] == [""]


@pytest.mark.parametrize("asked", [value for value, _ in OUT_CHOICES if value])
def test_panel_takes_the_readers_word_for_what_is_out(owner, asked):
    panel = heard_panel(book(), asked)
    assert f"{told(int(asked) / 100).middle.by_now:.1f} of them by now" in panel.sentence
    assert panel.rest.startswith("Taken that ")
    assert ([value for value, _, chosen in panel.choices if chosen], "your word" in panel.rests_on) == ([asked], True)


@pytest.mark.parametrize("asked", ["x", "101", "-5", "²", "nan"])
def test_any_other_share_is_not_known(owner, asked):
    assert heard_panel(book(), asked) == heard_panel(book())


def test_page_shows_it(client, owner, monkeypatch):
    stop_the_clock(monkeypatch)
    session = client.session
    session["profile_id"] = owner.pk
    session.save()
    page = client.get("/list/season/", {"out": "50"}).content.decode()
    assert heard_panel(book(), "50").sentence in page
    assert '<option value="50" selected>' in page
