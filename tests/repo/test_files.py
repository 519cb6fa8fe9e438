"""Files stay short enough to read at one sitting, and small enough to fetch."""

from statistics import median, quantiles

import pytest

from tests.repo.sources import APPS, files, functions_of, project_files, short

MOST_LINES = 400
MOST_BYTES = 500_000
MOST_LINES_OF_A_VIEW = 25


@pytest.mark.parametrize("path", files(".py", ".css", ".js", ".html", ".svg"), ids=short)
def test_file_has_at_most_400_lines(path):
    if "migrations" not in path.parts:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= MOST_LINES


def test_no_file_is_over_500_kb():
    assert [short(path) for path in project_files() if path.stat().st_size > MOST_BYTES] == []


def test_functions_are_short():
    lengths = [node.end_lineno - node.lineno + 1 for path in files(".py", below=APPS) if "migrations" not in path.parts for node in functions_of(path)]
    assert median(lengths) < 10
    assert quantiles(lengths, n=10)[-1] < 30


def test_views_are_short():
    views = [path for path in files(".py", below=APPS) if "views" in (path.stem, path.parent.name)]
    long = [f"{short(path)}: {node.name}" for path in views for node in functions_of(path) if node.end_lineno - node.lineno >= MOST_LINES_OF_A_VIEW]
    assert long == []
