"""Recomputes in the browser: the ledger, the live bar, starting and cancelling."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from matching.models import RecomputeRun, ScoreSnapshot
from matching.presenters.recomputes import duration
from matching.services.runs import start_run
from matching.views.recomputes import CANCELLED, GOES_ON, STARTED, UP_TO_DATE
from smartpick.models import AuditEvent
from tests.applicants.visiting import said
from tests.matching.builders import market
from tests.matching.recomputing import applicant, recompute, runs
from tests.programs.builders import query_count
from tests.smartpick.people import person, signed_in

pytestmark = pytest.mark.django_db
PAGE, START, WIDGET = "/data/recomputes/", "/data/recomputes/start/", "/data/recomputes/widget/"
HTMX = {"HX-Request": "true"}
STOP_POLLING = 286


@pytest.fixture
def admin():
    return signed_in()


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def cancel_url(run):
    return f"/data/recomputes/{run.pk}/cancel/"


def run_of(state="running", **changes):
    """A run straight in the table."""
    values = {"data_version": 3, "engine": "e", "season": 2027, "cause": "Import of october.csv", "started_by": "admin@example.org", "state": state}
    now = timezone.now()
    counts = {"profiles": 4000, "profiles_done": 1000, "started_at": now - timedelta(seconds=10), "beat_at": now}
    return RecomputeRun.objects.create(**(values | counts | changes))


# --- the ledger ---


def test_ledger_tells_of_every_run(admin):
    ended = timezone.now()
    run_of("done", profiles_done=4000, notices=12, started_at=ended - timedelta(seconds=200), ended_at=ended)
    row = " ".join(strip_tags(re.search(r"<tbody>(.*?)</tbody>", admin.get(PAGE).content.decode(), re.DOTALL)[1]).split())
    assert row.startswith("Import of october.csv ")
    assert row.endswith("admin@example.org 3 4,000 12 done 3 min 20 s")


def test_ledger_tells_how_far_a_run_came_that_was_given_up(admin):
    run_of("superseded", started_at=None, profiles_done=0, ended_at=timezone.now())
    assert "0 of 4,000 0 given up for a newer one not begun" in words(admin.get(PAGE))


def test_ledger_without_a_run_says_when_there_will_be_one(admin):
    assert "No recompute yet" in words(admin.get(PAGE))


def test_failure_of_the_last_run_stands_on_top_until_another_one(admin):
    run_of("failed", error="One part failed 5 times: ValueError: odd. Mend the cause, then start a recompute by hand.", ended_at=timezone.now())
    assert "One part failed 5 times: ValueError: odd." in words(admin.get(PAGE))
    run_of("done", ended_at=timezone.now())
    assert "The last recompute failed" not in words(admin.get(PAGE))


def test_ledger_costs_the_same_for_any_number_of_runs_and_never_reads_what_they_touch(admin, django_assert_num_queries):
    run_of("done", ended_at=timezone.now())
    before = query_count(lambda: admin.get(PAGE))
    RecomputeRun.objects.bulk_create(RecomputeRun(data_version=3, engine="e", season=2027, cause="c", started_by="s", state="done") for _ in range(60))
    with django_assert_num_queries(before) as captured:
        response = admin.get(PAGE)
    assert response.content.decode().count('<th scope="row"') == 50
    assert [query["sql"] for query in captured if "touched" in query["sql"]] == []


# --- the bar ---


def test_bar_tells_how_far_the_run_is(admin):
    run = run_of(notices=1)
    response = admin.get(PAGE)
    assert "A recompute is going on: Import of october.csv" in words(response)
    assert re.search(r"1,000 of 4,000 applicants, \d+ a second, about \d+ s left, 1 notice", words(response))
    page = response.content.decode()
    assert re.search(r'<progress class="recompute__bar" id="recompute-bar" value="1000" max="4000" aria-describedby="recompute-told">', page)
    assert f'hx-get="{PAGE}?run={run.pk}" hx-trigger="every 2s"' in page
    assert '<noscript><a href="/data/recomputes/">Look again</a></noscript>' in page
    assert "http-equiv" not in page


def test_bar_of_a_run_that_waits_says_so(admin):
    run_of("waiting", started_at=None, profiles_done=0)
    assert "A recompute waits for a worker: Import of october.csv" in words(admin.get(PAGE))
    assert "a second" not in words(admin.get(PAGE))


def test_bar_of_a_slow_run_names_no_rate_of_nothing(admin):
    run_of(profiles_done=1)
    assert "1 of 4,000 applicants, less than one a second" in words(admin.get(PAGE))


def test_bar_says_when_no_worker_is_heard_of(admin, settings):
    run = run_of()
    assert "No worker has been heard of" not in words(admin.get(PAGE))
    RecomputeRun.objects.filter(pk=run.pk).update(beat_at=timezone.now() - timedelta(seconds=settings.RECOMPUTE_LEASE_SECONDS + 1))
    assert "No worker has been heard of for more than 30 s." in words(admin.get(PAGE))


@pytest.mark.parametrize("url", [PAGE, WIDGET])
def test_poll_is_the_bar_alone(admin, url):
    run = run_of()
    response = admin.get(url, {"run": run.pk}, headers=HTMX)
    page = response.content.decode()
    assert (response.status_code, "<html" in page, page.count("<progress"), f'hx-get="{url}?run={run.pk}"' in page) == (200, False, 1, True)


@pytest.mark.parametrize("url", [PAGE, WIDGET])
def test_poll_costs_no_more_than_it_must(admin, url):
    run = run_of()
    admin.get(url, {"run": run.pk}, headers=HTMX)
    assert query_count(lambda: admin.get(url, {"run": run.pk}, headers=HTMX)) <= 5  # session, person, banner, the run twice


def test_poll_goes_on_with_the_run_that_supersedes(admin):
    old = run_of("superseded", ended_at=timezone.now())
    new = run_of()
    for url in (PAGE, WIDGET):
        response = admin.get(url, {"run": old.pk}, headers=HTMX)
        assert (response.status_code, f"?run={new.pk}" in response.content.decode()) == (200, True)


def test_poll_of_the_page_ends_with_the_whole_of_it(admin):
    run = run_of("done", profiles_done=4000, notices=2, ended_at=timezone.now())
    response = admin.get(PAGE, {"run": run.pk}, headers=HTMX)
    page = response.content.decode()
    assert (response.status_code, response["HX-Retarget"], "<html" in page, "every 2s" in page) == (STOP_POLLING, "#recomputes", False, False)
    assert "Start a recompute" in page
    assert re.search(r'hx-swap-oob="innerHTML"><p class="visually-hidden">The recompute has ended: done, 4,000 applicants, 2 notices, 10 s\.\s*</p>', page)


def test_poll_of_the_widget_ends_with_one_line(admin):
    run = run_of("cancelled", ended_at=timezone.now())
    response = admin.get(WIDGET, {"run": run.pk}, headers=HTMX)
    assert (response.status_code, "every 2s" in response.content.decode()) == (STOP_POLLING, False)
    assert words(response).startswith("The recompute has ended: cancelled, 1,000 of 4,000 applicants, 0 notices, 10 s. All recomputes")


def test_widget_where_nothing_goes_on_is_empty(admin):
    run_of("done", ended_at=timezone.now())
    assert admin.get(WIDGET, headers=HTMX).content.decode().strip() == ""


@pytest.mark.parametrize("run", ["", "0", "x", "-1", "²", "9" * 18, "9" * 40])
def test_poll_for_a_run_that_is_not_there_is_no_error(admin, run):
    assert [admin.get(url, {"run": run}, headers=HTMX).status_code for url in (PAGE, WIDGET)] == [200, 200]


def test_page_of_a_run_that_has_ended_is_a_page(admin):
    run = run_of("done", ended_at=timezone.now())
    response = admin.get(PAGE, {"run": run.pk})
    assert (response.status_code, response.content.decode().count('id="messages"')) == (200, 1)


def test_imports_show_the_run_that_goes_on(admin):
    assert "recompute-bar" not in admin.get("/data/").content.decode()
    run = run_of()
    assert f'hx-get="{WIDGET}?run={run.pk}"' in admin.get("/data/").content.decode()


# --- start and cancel ---


def test_start_brings_results_up_to_date(admin, django_capture_on_commit_callbacks):
    market(2, visa_j1="yes")
    owner = applicant()
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(START, {"cause": "Weights of the season changed"})
    assert (response["Location"], said(response)) == (PAGE, [STARTED])
    assert [state for state, _ in runs()] == ["done"]
    assert (ScoreSnapshot.objects.get().profile_id, RecomputeRun.objects.get().started_by) == (owner.pk, person().email)


def test_start_where_all_is_up_to_date_says_so_and_starts_nothing(admin):
    market(1)
    applicant()
    recompute()
    assert said(admin.post(START, {"cause": "To be sure"})) == [UP_TO_DATE]
    assert len(runs()) == 1


def test_start_while_one_goes_on_has_it_go_on(admin, django_capture_on_commit_callbacks):
    market(1)
    applicant()
    start_run(by="admin@example.org", cause="First")
    with django_capture_on_commit_callbacks(execute=True):
        assert said(admin.post(START, {"cause": "Second"})) == [GOES_ON]
    assert [state for state, _ in runs()] == ["done"]
    assert RecomputeRun.objects.get().cause == "First"


@pytest.mark.parametrize(("cause", "message"), [("", "Say in a few words why"), ("  ", "Say in a few words why"), ("x" * 201, "Keep it to 200 characters.")])
def test_start_wants_a_cause(admin, cause, message):
    assert message in words(admin.post(START, {"cause": cause}))
    assert runs() == []


def test_start_with_a_nul_is_refused(admin):
    response = admin.post(START, {"cause": "a\0b"})
    assert ("Null characters are not allowed." in words(response), runs()) == (True, [])


def test_cancel_stops_the_run_and_is_on_record(admin):
    market(1)
    applicant()
    run = start_run(by="admin@example.org", cause="First")
    assert said(admin.post(cancel_url(run))) == [CANCELLED]
    assert [state for state, _ in runs()] == ["cancelled"]
    assert list(AuditEvent.objects.filter(verb="recompute:cancel").values_list("by", "target")) == [(person().email, f"recompute:{run.pk}")]


def test_cancel_of_a_run_that_has_ended_says_so(admin):
    run = run_of("done", ended_at=timezone.now())
    assert said(admin.post(cancel_url(run))) == ["This recompute has ended already: done."]


def test_cancel_of_no_run_does_not_exist(admin):
    assert admin.post("/data/recomputes/77/cancel/").status_code == 404


def test_links_start_and_cancel_nothing(admin):
    run = run_of()
    assert [admin.get(url)["Location"] for url in (START, cancel_url(run))] == [PAGE, PAGE]
    assert runs() == [("running", 3)]


def test_start_and_cancel_need_the_form_of_the_page():
    browser, run = Client(enforce_csrf_checks=True), run_of()
    browser.force_login(person())
    assert [browser.post(url, {"cause": "x"}).status_code for url in (START, cancel_url(run))] == [403, 403]
    assert runs() == [("running", 3)]


def test_widget_by_itself_leads_to_the_page(admin):
    assert admin.get(WIDGET)["Location"] == PAGE


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "less than 1 s"),
        (0.99, "less than 1 s"),
        (1, "1 s"),
        (59.2, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
    ],
)
def test_duration_in_words(seconds, told):
    assert duration(seconds) == told


@given(st.floats(0, 1e7))
def test_duration_never_names_a_part_that_is_none_or_too_much(seconds):
    numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", duration(seconds))]
    assert all(numbers)
    assert all(number < 60 for number in numbers[1:])
