"""The head of a page, also where nobody knows yet who reads it."""

import pytest

from smartpick.context import reader


def test_reader_of_a_request_that_was_refused_early_is_nobody(rf):
    assert reader(rf.get("/")) == {"signed_in": False, "sees_data": False}


@pytest.mark.django_db
def test_foreign_host_name_is_refused_and_no_fault_of_ours(client):
    client.raise_request_exception = False
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
