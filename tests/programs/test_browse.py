"""/programs/: looking a program up by its name, its place or its id."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.views.browse import PAGE_SIZE
from tests.programs.builders import program, query_count, specialty, state

pytestmark = pytest.mark.django_db
PAGE = "/programs/"
LAKE, RIVER, HILL = "1400500001", "1200500002", "nrmp-1234-140"


@pytest.fixture
def three():
    program(LAKE)
    program(RIVER, name="Riverside Invented Center", city="Ann Arbor", state=state("MI"), specialty=specialty("120"))
    program(HILL, name="Hilltop Invented Clinic", city="Detroit", state=state("MI"))


def found(client, **parameters):
    return [one.key for one in client.get(PAGE, query_params=parameters).context["page"]]


def test_list_without_a_search_holds_every_program_by_name(client, three):
    response = client.get(PAGE)
    assert ([one.name for one in response.context["page"]], response.context["searched"]) == (
        ["Hilltop Invented Clinic", "Lakeshore Invented Hospital", "Riverside Invented Center"],
        False,
    )


@pytest.mark.parametrize(
    ("search", "keys"),
    [
        ({"q": "riverSIDE"}, [RIVER]),
        ({"q": "detroit"}, [HILL]),
        ({"q": "0500001"}, [LAKE]),
        ({"q": "nrmp-1234"}, [HILL]),
        ({"q": "  invented   ann "}, [RIVER]),
        ({"q": "detroit riverside"}, []),
        ({"q": "50%"}, []),
        ({"specialty": "120"}, [RIVER]),
        ({"specialty": "140"}, [HILL, LAKE]),
        ({"state": "MI"}, [HILL, RIVER]),
        ({"state": "mi"}, []),
        ({"state": "MI", "specialty": "140", "q": "hill"}, [HILL]),
        ({"q": "de\0troit", "state": "M\0I", "specialty": "\x1b140"}, [HILL]),
        ({"q": "x" * 10_000}, []),
    ],
)
def test_search_finds_what_fits(client, three, search, keys):
    assert found(client, **search) == keys


def test_search_that_finds_nothing_leads_back_to_all(client, three):
    html = client.get(PAGE, query_params={"q": "nowhere at all"}).text
    assert ("No program fits" in html, f'href="{PAGE}"' in html, "<table" in html) == (True, True, False)


def test_search_keeps_what_was_typed(client, three):
    html = client.get(PAGE, query_params={"q": '"><b>', "state": "MI", "specialty": "120"}).text
    assert ('value="&quot;&gt;&lt;b&gt;"' in html, '<option value="MI" selected>' in html, '<option value="120" selected>' in html) == (True,) * 3


@pytest.fixture
def pages():
    for number in range(PAGE_SIZE + 1):
        program(f"14005{number:05}", name=f"Invented Hospital {number:03}")


@pytest.mark.parametrize(
    ("page", "shown"),
    [("", PAGE_SIZE), ("1", PAGE_SIZE), ("2", 1), ("3", 1), ("0", 1), ("-1", 1), ("x", PAGE_SIZE), ("\0", PAGE_SIZE), ("9" * 5_000, PAGE_SIZE)],
)
def test_page_number_shows_that_page_or_the_nearest(client, pages, page, shown):
    assert len(found(client, page=page)) == shown


def test_pages_keep_the_search(client, pages):
    html = client.get(PAGE, query_params={"q": "invented", "state": "OH"}).text
    assert ("?q=invented&amp;state=OH&amp;page=2" in html, f"{PAGE_SIZE + 1} programs, page 1 of 2" in html) == (True, True)


def test_queries_do_not_grow_with_the_programs(client, three):
    few = query_count(lambda: client.get(PAGE))
    for number in range(PAGE_SIZE):
        program(f"14006{number:05}", closed_on="2026-01-01", program_type="community")
    # count, page, specialties, states, demonstration banner
    assert (few, query_count(lambda: client.get(PAGE))) == (5, 5)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(("q", "specialty", "state", "page")), st.text(max_size=12) | st.sampled_from(("\0", "MI\0", "%", "\\", "٣", "1e9")), max_size=4
    )
)
def test_any_search_shows_a_list_or_that_nothing_fits(client, three, search):
    response = client.get(PAGE, query_params=search)
    assert (response.status_code, len(response.context["page"]) > 0) == (200, "<table" in response.text)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=16), st.sampled_from(("q", "specialty", "state", "page")))
def test_any_bytes_in_the_address_show_a_list_or_that_nothing_fits(client, three, raw, name):
    address = "".join(f"%{byte:02X}" for byte in raw)
    response = client.get(f"{PAGE}?{name}={address}")
    assert (response.status_code, len(response.context["page"]) > 0) == (200, "<table" in response.text)
