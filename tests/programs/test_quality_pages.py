"""Data quality in the browser: each number leads to the list behind it."""

import re

import pytest
from django.utils.html import strip_tags

from programs.choices import SourceRank
from programs.models import Fact, Program
from smartpick.roles import Role
from tests.programs.builders import program, query_count, source, specialty
from tests.programs.stating import LIST, state
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db
PAGE, SOURCES, PROGRAMS, STATEMENTS = "/data/quality/", "/data/quality/sources/", "/data/quality/programs/", "/data/quality/statements/"

CONFLICTS = "/data/quality/conflicts/"


@pytest.fixture
def admin():
    return signed_in(Role.DATA_ADMIN)


@pytest.fixture
def three():
    first, second = program(), program("1400500002", name="Riverside Invented Center")
    program("1200500003", name="Hilltop Invented Clinic", specialty=specialty("120"))
    state(first, "yes")
    state(second, "yes", season=2026)
    state(second, "no", by=LIST, season=2026)


def words(response):
    return " ".join(strip_tags(response.text.replace("<", " <")).split()).replace("&#x27;", "'")


def rows(response, title):
    table = response.text.partition(title)[2].partition("</table>")[0]
    return [words(type("Row", (), {"text": row})) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)][1:]


def test_quality_counts_every_fact_with_its_share(admin, three):
    response = admin.get(PAGE)
    assert "J-1 visa key 1 33% 0 0% 1 33% 1 33%" in rows(response, "Who may apply</h3>")
    assert "3 open programs." in words(response)


def test_quality_numbers_lead_to_lists_of_that_length(admin, three):
    told = re.findall(rf'href="({PROGRAMS}[^"]*field=visa_j1[^"]*)">(\d+)</a>', admin.get(PAGE).text.replace("&amp;", "&"))
    assert len(told) >= 3
    assert [str(admin.get(address).context["page"].paginator.count) for address, _ in told] == [number for _, number in told]


def test_quality_says_what_to_fix_first(admin, three):
    first = rows(admin.get(PAGE), "What to fix first</h2>")
    assert first[0] == "Takes non-U.S. IMGs Internal Medicine 2 100% 0 0% 0 0% 2"
    assert "J-1 visa Family Medicine 1 100% 0 0% 0 0% 1" in rows(admin.get(PAGE, {"specialty": "120"}), "What to fix first</h2>")


def test_quality_of_one_specialty_counts_its_programs_alone(admin, three):
    response = admin.get(PAGE, {"specialty": "140"})
    assert ("2 open programs." in words(response), "By specialty" in words(response)) == (True, False)
    assert "J-1 visa key 1 50% 0 0% 1 50% 0 0%" in rows(response, "Who may apply</h3>")


@pytest.mark.parametrize("asked", ["999", "x\0", ""])
def test_quality_of_no_specialty_is_that_of_all(admin, three, asked):
    assert admin.get(PAGE, {"specialty": asked}).context["page"].codes == ["120", "140"]


def test_quality_without_programs_leads_to_the_imports(admin):
    assert ("No program is in the data" in words(admin.get(PAGE)), 'href="/data/"' in admin.get(PAGE).text) == (True, True)


@pytest.mark.parametrize("count", [1, 60])
def test_quality_pages_take_the_same_queries_for_any_number_of_programs(admin, count):
    for number in range(count):
        state(program(f"14005{number:05d}", name=f"Invented {number:03d}"), "yes")
    pages = (PAGE, SOURCES, CONFLICTS, f"{PROGRAMS}?field=visa_j1&state=known", f"{STATEMENTS}?source={source().pk}&age=0")
    assert [query_count(lambda page=page: admin.get(page)) for page in pages] == [6, 6, 4, 5, 6]


def test_conflicts_of_all_facts_lead_to_the_fields_to_settle(admin, three):
    second = Program.objects.get(key="1400500002")
    state(second, "210", "step2_min")
    state(second, "220", "step2_min", by=LIST)
    response = admin.get(CONFLICTS)
    assert [(program.key, [field.name for field in fields]) for program, fields in response.context["rows"]] == [("1400500002", ["visa_j1", "step2_min"])]
    assert re.findall(r'href="(/programs/[^"]*)"', response.text)[1:] == [f"/programs/1400500002/#field-{name}" for name in ("visa_j1", "step2_min")]
    assert "Trusted sources agree" in words(admin.get(CONFLICTS, {"specialty": "120"}))


def test_conflicts_leave_out_closed_and_withdrawn_programs(admin, three):
    for gone in ({"closed_on": "2026-01-01"}, {"closed_on": None, "is_withdrawn": True}):
        Program.objects.filter(key="1400500002").update(**gone)
        assert admin.get(CONFLICTS).context["rows"] == []


def test_sources_count_statements_by_age_and_lead_to_them(admin, three):
    Fact.objects.update(as_of="2020-01-01")
    response = admin.get(SOURCES)
    assert rows(response, "Live statements by source and age") == [
        "Program pages the program's own page or letter 0 0 0 2 2",
        "Official list official publication 0 0 0 1 1",
    ]
    address = re.search(rf'href="({STATEMENTS}[^"]*)"', response.text)[1].replace("&amp;", "&")
    listed = admin.get(address)
    assert ([fact.value for fact, _, _ in listed.context["rows"]], "Statements over 2 years old" in words(listed)) == (["yes", "yes"], True)


def test_sources_of_one_fact_and_specialty(admin, three):
    state(Program.objects.get(key="1200500003"), "5", "positions", by=("Staff", SourceRank.VERIFIED))
    assert [line.name for line in admin.get(SOURCES, {"specialty": "120", "field": "positions"}).context["lines"]] == ["Staff"]
    assert "Nobody has stated this" in words(admin.get(SOURCES, {"specialty": "120", "field": "visa_j1"}))


def test_programs_behind_a_number_show_their_value_and_lead_on(admin, three):
    response = admin.get(PROGRAMS, {"field": "visa_j1", "state": "known", "specialty": "140"})
    assert "Lakeshore Invented Hospital Internal Medicine Toledo, Ohio yes strict" in words(response)
    assert 'href="/programs/1400500001/#field-visa_j1"' in response.text


def test_programs_behind_a_number_are_paged_by_fifty(admin):
    for number in range(51):
        program(f"14005{number:05d}", name=f"Invented {number:03d}")
    pages = [admin.get(PROGRAMS, {"field": "visa_j1", "state": "unknown", "page": page}) for page in (1, 2)]
    assert [len(one.context["rows"]) for one in pages] == [50, 1]


@pytest.mark.parametrize("asked", [{"field": "visa_j1"}, {"state": "known"}, {"field": "name", "state": "known"}, {"field": "visa_j1", "state": "x"}])
def test_programs_behind_no_number_are_not_found(admin, asked):
    assert admin.get(PROGRAMS, asked).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{"source": "1"}, {"source": "x", "age": "0"}, {"source": "9" * 18, "age": "0"}, {"source": "\u0662", "age": "0"}, {"source": "{known}", "age": "4"}],
)
def test_statements_behind_no_number_are_not_found(admin, asked):
    known = source().pk
    assert admin.get(STATEMENTS, {name: value.format(known=known) for name, value in asked.items()}).status_code == 404


def test_lists_without_a_number_lead_to_the_numbers(admin):
    assert [admin.get(PROGRAMS)["Location"], admin.get(STATEMENTS)["Location"]] == [PAGE, SOURCES]


def test_list_that_became_empty_says_so(admin, three):
    assert "No such program any more" in words(admin.get(PROGRAMS, {"field": "positions", "state": "known"}))
    Fact.objects.update(withdrawn_at="2026-09-09T00:00Z")
    assert "No such statement any more" in words(admin.get(STATEMENTS, {"source": source().pk, "age": "3"}))
