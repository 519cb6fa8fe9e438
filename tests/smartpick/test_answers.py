"""What every page answers besides its text: caches, methods, and requests that nobody types."""

import pytest

from tests.matching.builders import ANSWERS, market

pytestmark = pytest.mark.django_db
KEY = "1400500001"
PAGES = ["/", "/list/ranked/", f"/list/why/{KEY}/", "/method/", "/programs/", f"/programs/{KEY}/"]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_kept_by_no_cache_and_varies_by_what_asks(client, path):
    market(1, visa_j1="yes")
    response = client.get(path, ANSWERS)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert {"HX-Request", "HX-History-Restore-Request"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", PAGES)
def test_page_that_writes_nothing_answers_to_reading_only(client, path, method):
    market(1)
    assert getattr(client, method)(path).status_code == 405


def test_nul_in_a_cookie_is_refused_with_a_remedy(client):
    client.cookies["sessionid"] = "aaaa\0b"
    response = client.get("/")
    assert [response.status_code, "Clear the cookies" in response.content.decode()] == [400, True]


def test_htmx_request_without_answers_moves_the_whole_page(client):
    market(1)
    response = client.get("/list/ranked/", headers={"HX-Request": "true"})
    assert [response.status_code, response["HX-Redirect"]] == [200, "/"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "nonsense"])
def test_form_that_is_not_utf8_is_refused_with_a_remedy(client, charset):
    response = client.generic("POST", "/profile/", b"x=1", content_type=f"application/x-www-form-urlencoded; charset={charset}")
    assert [response.status_code, response.content] == [400, b"Send forms as UTF-8."]


def test_form_that_says_utf8_is_read(client):
    market(0)
    response = client.post("/profile/", b"applicant_type=", content_type="application/x-www-form-urlencoded; charset=UTF-8")
    assert "need another look" in response.content.decode() or "needs another look" in response.content.decode()
