"""Calendars in iCalendar: what the standard asks of every line, and that text is data."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpick.ical import MOST_OCTETS, Entry, calendar_bytes, escaped, folded

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def unfolded(data):
    """Content lines as a reader of the standard gets them."""
    return data.decode().replace("\r\n ", "").split("\r\n")


def made(*entries, name="Season"):
    return unfolded(calendar_bytes(entries, name=name, now=NOW))


def test_calendar_holds_its_entries_between_begin_and_end():
    assert made(Entry("step-1@x", date(2027, 1, 14), "Interview")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SmartPick//Season//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Season",
        "BEGIN:VEVENT",
        "UID:step-1@x",
        "DTSTAMP:20261125T123000Z",
        "DTSTART;VALUE=DATE:20270114",
        "DTEND;VALUE=DATE:20270115",
        "TRANSP:TRANSPARENT",
        "SUMMARY:Interview",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (datetime(2027, 1, 14, 9, 30), "DTSTART:20270114T093000"),  # noqa: DTZ001 - floating
        (datetime(2027, 3, 3, 21, tzinfo=ZoneInfo("America/New_York")), "DTSTART:20270304T020000Z"),
        (datetime(2026, 9, 2, 9, tzinfo=ZoneInfo("America/New_York")), "DTSTART:20260902T130000Z"),
    ],
    ids=["no zone floats", "winter", "summer"],
)
def test_times_float_without_a_zone_and_are_told_in_utc_with_one(start, line):
    assert line in made(Entry("a", start, "x"))


def test_a_calendar_of_no_known_moment_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        calendar_bytes([], name="x", now=datetime(2026, 11, 25))  # noqa: DTZ001


def test_text_cannot_end_its_line_or_start_another_property():
    text = "A, B; C\\D\r\nEND:VEVENT\nX\x00\x07\x85"
    assert escaped(text) == "A\\, B\\; C\\\\D\\nEND:VEVENT\\nX"
    lines = made(Entry("a", date(2027, 1, 1), text, text))
    assert lines.count("END:VEVENT") == 1


@given(texts)
def test_escaped_text_is_one_line_and_says_the_same(text):
    found = escaped(text)
    assert not set("\r\n") & set(found)
    back, rest = "", iter(found)
    for char in rest:
        back += {"n": "\n"}.get(follower := next(rest), follower) if char == "\\" else char
    kept = "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char == "\n" or not (ord(char) < 32 or 127 <= ord(char) < 160))
    assert back == kept


@given(texts.map(lambda text: "".join(text.splitlines())))
def test_folded_lines_are_short_whole_and_come_back(text):
    data = folded(text)
    assert all(len(line) <= MOST_OCTETS for line in data.split(b"\r\n"))
    assert data.endswith(b"\r\n")
    assert [line.decode() for line in data.split(b"\r\n")]  # no letter is cut in two
    assert data.decode().removesuffix("\r\n").replace("\r\n ", "") == text
