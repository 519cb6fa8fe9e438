"""Templates give nothing away: the Content-Security-Policy would refuse it, or escaping would be lost."""

import re

import pytest

from tests.repo.sources import files, short

FORBIDDEN = {
    "style attribute": r"""\sstyle\s*=""",
    "style element": r"<style\b",
    "script without src": r"<script\b(?![^>]*\bsrc=)",
    "event handler": r"""<[^>]*\son[a-z]+\s*=""",
    "escaping switched off": r"\|\s*safe(seq)?\b|autoescape\s+off",
    "javascript: address": r"javascript:",
    "third-party asset": r"""<(?:script|link|img|iframe|source|use|image)\b[^>]*(?:src|srcset|href)\s*=\s*["']?(?:https?:)?//""",
}
FOREIGN_ADDRESS = r"(?:https?:)?//[a-z0-9-]+\.[a-z]"
NAMESPACE = "http://www.w3.org/"


@pytest.mark.parametrize("path", files(".html", ".svg", below=("templates/", "static/")), ids=short)
def test_template_has_nothing_inline_unescaped_or_foreign(path):
    text = path.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("path", files(".css", ".js", below=("static/",)), ids=short)
def test_asset_asks_nobody_else(path):
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert re.findall(FOREIGN_ADDRESS, text, re.IGNORECASE) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("style attribute", '<p style="color: red">'),
        ("style element", "<style>p {}</style>"),
        ("script without src", "<script>go()</script>"),
        ("event handler", '<button type="button" onclick="go()">'),
        ("escaping switched off", "{{ name|safe }}"),
        ("escaping switched off", "{% autoescape off %}"),
        ("javascript: address", '<a href="javascript:go()">'),
        ("third-party asset", '<link rel="stylesheet" href="https://fonts.example/a.css">'),
        ("third-party asset", "<img src=//images.example/a.png>"),
    ],
)
def test_forbidden_patterns_find_what_they_name(name, text):
    assert re.search(FORBIDDEN[name], text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://www.nrmp.org/">source</a>',
        "<script src=\"{% static 'js/a.js' %}\" defer></script>",
        '<section class="lifestyle" aria-label="one = two">',
    ],
)
def test_forbidden_patterns_leave_links_and_own_files_alone(text):
    assert [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []
