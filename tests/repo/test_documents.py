"""What the documents tell people to type exists."""

import re

import pytest
from django.core.management import get_commands

from tests.repo.sources import BASE_DIR, files, short

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
DOCUMENTS = [path for path in files(".md") if path.name != "CHANGELOG.md"]


def code_of(path):
    """The parts set as code: indented or fenced blocks and words between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```.*?^```|^    .*$", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def test_readme_names_the_two_commands():
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", code_of(BASE_DIR / "README.md")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_document_make_targets_exist(path):
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(path))) - TARGETS == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_document_commands_exist(path):
    assert set(re.findall(r"manage\.py ([a-z_]+)", code_of(path))) - set(get_commands()) == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_document_links_lead_to_files(path):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", files(".md", below=("docs/adr/",)), ids=short)
def test_decision_is_short_and_dated(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert re.fullmatch(r"# \d{4} .+", lines[0])
    assert lines[0][2:6] == path.name[:4]
    assert re.match(r"\d{1,2} [A-Z][a-z]+ \d{4}", lines[2])
