"""Addresses given as evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.links import host, problem


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://medicine.example.edu/visa?x=1", "medicine.example.edu"),
        ("http://www.Example.ORG:8080/", "example.org"),
        ("https://", ""),
        ("https://[broken/", ""),
        ("example.org/visa", ""),
    ],
)
def test_host_is_what_people_know_the_page_by(url, expected):
    assert host(url) == expected


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.org/", ""),
        ("", "beginning with https://"),
        ("example.org", "beginning with https://"),
        ("javascript:alert(1)//https://example.org", "beginning with https://"),
        ("https:///visa", "beginning with https://"),
        ("https://program.example.org@example.net/", "before the @ sign"),
        (f"https://example.org/{'x' * 281}", "longer than 300"),
    ],
)
def test_problem_says_what_to_give_instead(url, told):
    assert told in problem(url)
    assert bool(told) == bool(problem(url))


@given(st.text())
def test_problem_is_told_of_any_text_without_fail(text):
    assert isinstance(problem(f"https://{text}"), str)
