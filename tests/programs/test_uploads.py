"""Files that are too large are dropped while they arrive."""

import io

import pytest
from django.test import RequestFactory

from programs.uploads import was_dropped

LIMIT = 150_000


@pytest.fixture(autouse=True)
def _small_limit(monkeypatch):
    monkeypatch.setattr("programs.uploads.MAX_BYTES", LIMIT)


def sent(**fields):
    files = {name: _file(name, size) if isinstance(size, int) else size for name, size in fields.items()}
    return RequestFactory().post("/", files)


def _file(name, size):
    file = io.BytesIO(b"x" * size)
    file.name = name
    return file


@pytest.mark.parametrize(("size", "dropped"), [(1, False), (LIMIT, False), (LIMIT + 1, True), (LIMIT * 20, True)])
def test_upload_is_dropped_above_the_limit_only(size, dropped):
    request = sent(file=size)
    assert (was_dropped(request), list(request.FILES)) == (dropped, [] if dropped else ["file"])


def test_upload_dropped_leaves_the_other_answers():
    request = sent(before="a", file=LIMIT * 2, after="b")
    assert (was_dropped(request), request.POST["before"], request.POST["after"]) == (True, "a", "b")


def test_upload_several_files_count_together():
    request = sent(first=LIMIT - 10, second=20)
    assert (was_dropped(request), list(request.FILES)) == (True, ["first"])


def test_upload_kept_arrives_whole():
    assert sent(file=LIMIT).FILES["file"].read() == b"x" * LIMIT


def test_upload_without_a_file_is_not_dropped():
    assert was_dropped(RequestFactory().post("/", {"a": "b"})) is False
