"""Programs by state: the numbers of the map and of the table, whose they are, and where they lead."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.html import strip_tags

from matching.choices import Standing
from matching.models import ListEntry
from programs.models import Program
from tests.applicants.visiting import visit
from tests.matching.builders import ANSWERS, add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
MAP = "/list/map/"


def place(number, usps):
    """Put a program into a state; None: it is not known."""
    Program.objects.filter(key=key(number)).update(state=usps)


def table(response):
    """{state: the numbers of its row}: not excluded, safer, middle, reach, excluded."""
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", response.content.decode())
    return {name_of(head): [int(cell) for cell in re.findall(r"<td class=\"number\">(\d+)</td>", rest)] for head, rest in rows}


def name_of(head):
    return " ".join(strip_tags(head.split(' <span class="muted">')[0]).split())


def tiles(response):
    """{code: (what is read aloud, where it leads)} of the tiles that lead anywhere."""
    found = re.findall(r"<a href=\"([^\"]*)\"><span class=\"visually-hidden\">([^<]*)</span>.*?tile__code\">(\w\w)", response.content.decode())
    return {code: (words, url.replace("&amp;", "&")) for url, words, code in found}


@pytest.fixture
def world(db):
    """Three in Ohio, one of them closed to those who need J-1; one in New York, one nobody knows where."""
    market(2, visa_j1="yes")
    add_programs([3], visa_j1="no")
    add_programs([4, 5], visa_j1="yes")
    place(4, "NY")
    place(5, None)


@pytest.fixture
def owner(client, world):
    saved = applicant(preferred_states=("NY",), ruled_out_states=("MI",))
    visit(client, saved.pk)
    return saved


def test_map_counts_the_ranked_programs_by_state_and_tier(client, world):
    response = client.get(MAP, ANSWERS)
    rows = table(response)
    assert {name: (numbers[0], numbers[4]) for name, numbers in rows.items()} == {"New York": (1, 0), "Ohio": (2, 1), "State not known": (1, 0)}
    assert all(numbers[0] == sum(numbers[1:4]) for numbers in rows.values())
    assert "4 programs of the specialty are not excluded, in 2 states. The most: Ohio 2, New York 1." in response.content.decode()


def test_tiles_say_the_same_as_the_table_and_lead_to_the_ranked_list(client, world):
    response = client.get(MAP, ANSWERS)
    found, rows = tiles(response), table(response)
    assert sorted(found) == ["NY", "OH"]
    counts = [int(number) for number in re.findall(r", (\d+) (?:safer|middle|reach)", found["OH"][0])]
    assert (found["OH"][0].startswith("Ohio: 2 programs, "), sum(counts)) == (True, rows["Ohio"][0])
    assert found["OH"][0].endswith("1 excluded or not ranked")
    url = urlsplit(found["OH"][1])
    assert (url.path, parse_qs(url.query)["state"], parse_qs(url.query)["ck"]) == ("/list/ranked/", ["OH"], ["240"])
    assert strip_tags(client.get(found["OH"][1]).content.decode()).count("Invented Hospital 00") >= 2


def test_map_of_the_list_counts_what_is_on_it_and_leads_to_it(client, owner):
    listed(owner, 1, 2, 3, 4)
    ListEntry.objects.filter(program__key=key(2)).update(standing=Standing.VETOED)
    response = client.get(MAP)
    assert {name: (numbers[0], numbers[4]) for name, numbers in table(response).items()} == {"New York": (1, 0), "Ohio": (1, 1), "Michigan": (0, 0)}
    assert "2 programs of your list are not excluded, in 2 states." in response.content.decode()
    assert tiles(response)["OH"][1] == "/list/?state=OH"


def test_list_entry_without_a_result_counts_as_not_ranked(client, owner):
    listed(owner, 1)
    ListEntry.objects.update(tier=None, chance=None, low=None, high=None)
    assert table(client.get(MAP))["Ohio"] == [0, 0, 0, 0, 1]
    assert tiles(client.get(MAP))["OH"][0] == "Ohio: no open program, 1 excluded or not ranked"


def test_switch_shows_the_other_programs(client, owner):
    listed(owner, 4)
    assert table(client.get(MAP, {"of": "all"}))["Ohio"][0] == 2
    assert table(client.get(MAP, {"of": "list"})) == {"Michigan": [0] * 5, "New York": table(client.get(MAP))["New York"]}
    assert "Ohio" in table(client.get(MAP, ANSWERS))  # other answers than those of the list


def test_wishes_are_marked_on_the_tile_and_in_the_table(client, owner):
    listed(owner, 4)
    page = client.get(MAP).content.decode()
    assert tiles(client.get(MAP))["NY"][0].startswith("New York, preferred: 1 program, ")
    assert re.search(r"tile--preferred\"[^>]*><a [^>]*><span[^>]*>New York", page)
    assert re.search(r"tile--out tile--empty\"><div><span[^>]*>Michigan, ruled out: no open program", page)
    assert [name_of(head) for head in re.findall(r"<th scope=\"row\">(.*?) <span class=\"flag\">", page)] == ["Michigan", "New York"]


@pytest.mark.parametrize(
    ("sort", "order"), [("", ["New York", "Ohio", "State not known"]), ("open", ["Ohio", "New York", "State not known"]), ("nonsense", None)]
)
def test_table_is_sorted_as_the_address_says(client, world, sort, order):
    response = client.get(MAP, ANSWERS | {"sort": sort})
    assert list(table(response)) == (order or ["New York", "Ohio", "State not known"])
    assert response.content.decode().count("aria-sort") == 1


def test_every_head_but_the_one_in_use_leads_to_its_order(client, world):
    page = client.get(MAP, ANSWERS | {"sort": "closed"}).content.decode()
    assert re.findall(r"href=\"([^\"]*)#numbers-title", page)[0].endswith("visa=j1")  # by name, as at first
    assert re.findall(r"sort=(\w*)#numbers-title", page) == ["open", "safer", "middle", "reach"]


def test_list_without_applications_shows_the_ranked_programs(client, owner):
    listed(owner, 1)
    ListEntry.objects.update(standing=Standing.SUGGESTED)
    assert table(client.get(MAP, {"of": "list"}))["Ohio"][0] == 2


def test_specialty_without_programs_says_so(client, db):
    market(1)
    Program.objects.all().delete()
    assert "Nobody has imported programs of this specialty." in client.get(MAP, ANSWERS).content.decode()


def test_nobody_known_is_asked_first(client, world):
    assert client.get(MAP)["Location"] == "/"


def test_another_reader_gets_no_map_of_the_list(client, owner):
    listed(owner, 4)
    assert "of the specialty" in Client().get(MAP, ANSWERS | {"of": "list"}).content.decode()


@pytest.mark.parametrize(("of", "count"), [("list", 11), ("all", 14)])
def test_page_keeps_to_its_queries_however_long_the_list(client, owner, of, count):
    listed(owner, 1)
    client.get(MAP, {"of": of})
    one = query_count(lambda: client.get(MAP, {"of": of}))
    add_programs(range(6, 40), visa_j1="yes")
    listed(owner, *range(1, 40))
    client.get(MAP, {"of": of})
    assert (one, query_count(lambda: client.get(MAP, {"of": of}))) == (count, count)
