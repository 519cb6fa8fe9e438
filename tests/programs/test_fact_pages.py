"""The history of each field on the program page, and the pages where a data admin settles one."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from programs.models import DataVersion, Fact, ImportBatch, Program, ProgramStatement, TrackStatement
from smartpick.roles import Role
from tests.programs.builders import AS_OF, program, query_count, source
from tests.programs.stating import LIST, SITE, current, state, suggested
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db
KEY = "1400500001"
PAGE = f"/programs/{KEY}/"


@pytest.fixture
def lake():
    return program()


@pytest.fixture
def admin():
    return signed_in(Role.DATA_ADMIN)


def words(html):
    return " ".join(strip_tags(html.replace("<", " <")).split()).replace("&#x27;", "'")


def history(response, label="J-1 visa"):
    """The part of the page below the line of one field."""
    row = re.search(rf'<th scope="row">{re.escape(label)}</th>.*?</tr>\s*<tr class="fact-table__more">(.*?)</tr>', response.text, re.DOTALL)
    return row[1] if row else ""


def statements(response, label="J-1 visa"):
    return [words(one) for one in re.findall(r'<li class="statement[ "].*?</li>', history(response, label), re.DOTALL)]


def test_history_tells_every_statement_newest_first(client, lake):
    batch = ImportBatch.objects.create(source=source(), file_name="pages.csv", digest="x", preset="x", season=2027, as_of=AS_OF, applied_by="ann")
    state(lake, "yes", batch=batch, quote="We sponsor J-1.", url="https://www.example.org/visa")
    state(lake, "no", by=SITE, as_of="2026-08-01", strictness="preferred", season=2026)
    first, second = statements(client.get(PAGE))
    assert first == (
        "yes · strict this counts Program pages example.org , the program's own page or letter; as of 1 Sep 2026 , for the 2027 season; "
        f"from the file pages.csv, applied {batch.applied_at:%-d %b %Y} “We sponsor J-1.”"
    )
    assert second == "no · preferred outranked by what counts Some site, aggregator; as of 1 Aug 2026 , for the 2026 season"


def test_history_says_why_a_statement_was_withdrawn(client, lake):
    gone = state(lake, "no")
    Fact.objects.filter(pk=gone.pk).update(withdrawn_at="2026-09-09T00:00Z", withdrawn_why="import undone")
    response = client.get(PAGE)
    assert statements(response)[0].startswith("no · strict withdrawn: import undone Program pages")
    assert "1 statement about J-1 visa , 1 of them withdrawn" in words(history(response))


def test_history_tells_what_replaced_and_what_agrees(client, lake):
    state(lake, "no", as_of="2026-01-01")
    state(lake, "yes")
    state(lake, "yes", by=SITE)
    roles = [re.search(r"(this counts|says the same|replaced by the same source later)", one)[0] for one in statements(client.get(PAGE))]
    assert sorted(roles) == ["replaced by the same source later", "says the same", "this counts"]


def test_history_of_a_field_that_nobody_states_offers_to_say_it(client, lake):
    response = client.get(PAGE)
    assert (history(response), f'href="{PAGE}correct/visa_j1/"' in response.text) == ("", True)


def test_history_shows_a_conflict_side_by_side_and_open(client, lake):
    state(lake, "yes")
    state(lake, "no", by=LIST)
    shown = history(client.get(PAGE))
    sides = [words(one) for one in re.findall(r'<li class="side">.*?</li>', shown, re.DOTALL)]
    assert "Nothing is computed with any of them until a person settles it." in words(shown)
    assert ['<details class="history" open>' in shown, [one.split(" in dispute ")[1].split(",")[0] for one in sides]] == [
        True,
        ["Program pages", "Official list"],
    ]


def test_history_escapes_what_people_wrote(client, lake):
    state(lake, "yes", quote="<b>loud</b>")
    assert "&lt;b&gt;loud&lt;/b&gt;" in client.get(PAGE).text


def test_history_of_names_and_tracks_stands_at_the_end(client, lake):
    ProgramStatement.objects.create(program=lake, source=source(), as_of=AS_OF, about=2027, name="Lakeside Invented", city="Toledo", state="OH", acgme_id=KEY)
    TrackStatement.objects.create(
        program=lake,
        source=source(*LIST),
        as_of=AS_OF,
        about=2026,
        nrmp_code="1234140C0",
        name="Medicine",
        track_type="C",
        years={"2026": [9, 8], "2025": [9, None]},
    )
    end = words(client.get(PAGE).text.partition("Who named it, and its tracks")[2])
    assert f"Lakeside Invented; Toledo, OH; ACGME id {KEY} Program pages, the program's own page or letter 1 Sep 2026 2027 Match" in end
    assert "1234140C0 Medicine; categorical; 2026: 8 of 9 filled, 2025: 9 offered Official list" in end


@pytest.mark.parametrize("count", [1, 30])
def test_program_page_for_an_admin_takes_the_same_queries_for_any_number_of_facts(lake, admin, count):
    for number in range(count):
        Fact.objects.create(program=lake, field="positions", value=str(number), source=source(f"Source {number}", 4), as_of=AS_OF, season=2027)
    admin.get(PAGE)
    assert query_count(lambda: admin.get(PAGE)) == 11


def test_withdrawn_program_is_nowhere(client, lake):
    Program.objects.update(is_withdrawn=True)
    assert [client.get(PAGE).status_code, client.get(f"{PAGE}correct/visa_j1/").status_code] == [404, 404]
    assert list(client.get("/programs/").context["page"]) == []


@pytest.mark.parametrize("reader", [Client, lambda: signed_in(Role.APPLICANT), lambda: signed_in(Role.ADVISOR)], ids=["visitor", "applicant", "advisor"])
def test_buttons_of_a_decision_are_for_data_admins(lake, admin, reader):
    state(lake, "yes", "signals_used")
    state(lake, "yes")
    state(lake, "no", by=LIST)
    links = re.compile(r'href="/programs/\d+/facts/\d+/(confirm|choose)/"')
    assert [links.findall(reader().get(PAGE).text), links.findall(admin.get(PAGE).text)] == [[], ["choose", "choose", "confirm"]]


def test_confirm_states_it_again_and_goes_back_to_the_field(lake, admin):
    old = state(lake, "yes", season=2026, url="https://example.org/old")
    address = f"{PAGE}facts/{old.pk}/confirm/"
    assert 'value="https://example.org/old"' in admin.get(address).text
    response = admin.post(address, {"url": "https://example.org/new", "quote": ""})
    assert (response["Location"], Fact.objects.count(), current(lake)[1][2]) == (f"{PAGE}#field-visa_j1", 2, False)
    assert "J-1 visa of Lakeshore Invented Hospital is confirmed for this season." in words(admin.get(PAGE).text)


def test_confirm_without_an_address_asks_for_it(lake, admin):
    old = state(lake, "yes", season=2026)
    page = words(admin.post(f"{PAGE}facts/{old.pk}/confirm/", {"url": " ", "quote": "x"}).text)
    assert ("Give the address of a page that says so" in page, Fact.objects.count()) == (True, 1)


def test_confirm_of_what_counts_no_more_leads_back_or_says_so(lake, admin):
    old = state(lake, "yes", season=2026)
    state(lake, "yes", as_of="2026-09-20")
    address = f"{PAGE}facts/{old.pk}/confirm/"
    assert admin.get(address)["Location"] == f"{PAGE}#field-visa_j1"
    assert "Another statement about J-1 visa counts by now" in words(admin.post(address, {"url": "https://example.org/"}).text)


def test_choose_settles_it_with_the_reason(lake, admin):
    state(lake, "yes")
    no = state(lake, "no", by=LIST)
    address = f"{PAGE}facts/{no.pk}/choose/"
    page = words(admin.get(address).text)
    assert page.index("This one holds no · strict") < page.index("This one is withdrawn yes · strict")
    assert admin.post(address, {"reason": "The list is newer."})["Location"] == f"{PAGE}#field-visa_j1"
    assert (current(lake)[0], DataVersion.objects.count()) == (False, 1)
    assert "yes · strict withdrawn: Another statement was chosen: The list is newer." in words(history(admin.get(PAGE)))


def test_choose_without_a_reason_asks_for_it(lake, admin):
    state(lake, "yes")
    no = state(lake, "no", by=LIST)
    page = words(admin.post(f"{PAGE}facts/{no.pk}/choose/", {"reason": ""}).text)
    assert ("Give the reason: everybody can read it" in page, current(lake)[0]) == (True, None)


def test_choose_what_another_admin_settled_leads_back_or_says_so(lake, admin):
    yes, no = state(lake, "yes"), state(lake, "no", by=LIST)
    for one in (yes, no):
        admin.post(f"{PAGE}facts/{one.pk}/choose/", {"reason": "First."})
    late = admin.post(f"{PAGE}facts/{no.pk}/choose/", {"reason": "Second."})
    assert "This statement was withdrawn meanwhile (Another statement was chosen: First.)" in words(late.text)
    assert admin.get(f"{PAGE}facts/{no.pk}/choose/")["Location"] == f"{PAGE}#field-visa_j1"


@pytest.mark.parametrize("what", ["confirm", "choose"])
def test_decision_without_a_token_of_the_form_is_refused(lake, what):
    fact = state(lake, "yes")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in(Role.DATA_ADMIN).cookies
    assert browser.post(f"{PAGE}facts/{fact.pk}/{what}/", {"url": "https://example.org/", "reason": "x"}).status_code == 403


@pytest.mark.parametrize("what", ["confirm", "choose"])
def test_decision_about_a_fact_of_another_program_is_not_found(lake, admin, what):
    other = state(program("1400500002"), "yes")
    assert admin.get(f"{PAGE}facts/{other.pk}/{what}/").status_code == 404


def test_own_suggestions_stand_on_the_program_page(client, lake):
    mine = [suggested(lake), suggested(lake, "5", "positions", state="declined", reason="That was 2020.", decided_at="2026-09-09T00:00Z")]
    suggested(lake, "6", "positions")
    session = client.session
    session["corrections"] = [str(one.token) for one in mine] + ["garbage", 7]
    session.save()
    page = words(client.get(PAGE).text)
    assert "Your suggestion, J-1 visa: no (strict): waiting for a data admin" in page
    assert "Your suggestion, First-year positions: 5: declined because: That was 2020." in page
    assert "positions: 6" not in page


@pytest.mark.parametrize("held", [None, "x", 7, {"a": 1}, [7, None, "x"]])
def test_garbage_in_the_session_names_no_suggestion(client, lake, held):
    suggested(lake)
    session = client.session
    session["corrections"] = held
    session.save()
    assert client.get(PAGE).context["page"].suggestions == []
