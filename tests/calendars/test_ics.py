from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from calendars import ics
from tests.calendars.reading import read
from tests.factories import PARIS, paris

FIRST, LAST = date(2026, 2, 1), date(2027, 3, 3)


def entry(**fields: Any) -> ics.Entry:
    values: dict[str, Any] = {
        "uid": "11111111-2222-3333-4444-555555555555",
        "starts_at": paris("2026-04-14 18:00"),
        "ends_at": paris("2026-04-14 20:00"),
        "changed_at": paris("2026-03-01 10:00"),
        "revision": 3,
        "cancelled": False,
        "summary": "Groupe B – 7/10",
        **fields,
    }
    return ics.Entry(**values)


def written(*entries: ics.Entry, name: str = "Jalon") -> str:
    return ics.calendar(name, entries, first_day=FIRST, last_day=LAST).decode()


def test_an_event_is_written_to_the_letter() -> None:
    text = written(entry(location="12 rue des Lilas, Pontoise", url="https://x.example/seances/1/"))
    event = text[text.index("BEGIN:VEVENT") :].replace("\r\n", "\n")
    assert sorted(event.splitlines()) == sorted(
        [
            "BEGIN:VEVENT",
            "DTEND;TZID=Europe/Paris:20260414T200000",
            "DTSTAMP:20260301T090000Z",
            "DTSTART;TZID=Europe/Paris:20260414T180000",
            "END:VCALENDAR",
            "END:VEVENT",
            "LAST-MODIFIED:20260301T090000Z",
            "LOCATION:12 rue des Lilas\\, Pontoise",
            "SEQUENCE:3",
            "STATUS:CONFIRMED",
            "SUMMARY:Groupe B – 7/10",
            "TRANSP:OPAQUE",
            "UID:11111111-2222-3333-4444-555555555555",
            "URL:https://x.example/seances/1/",
        ]
    )


def test_a_cancelled_event_says_so_three_times() -> None:
    event = read(written(entry(cancelled=True))).vevent
    assert event.summary.value == "ANNULÉ – Groupe B – 7/10"
    assert (event.status.value, event.transp.value) == ("CANCELLED", "TRANSPARENT")


def test_a_calendar_says_how_often_to_come_back_and_has_no_identity_of_its_own() -> None:
    head = written(name="Jalon – Pontoise").replace("\r\n", "\n").split("BEGIN:VTIMEZONE")[0]
    assert head.splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Jalon//Jalon//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Jalon – Pontoise",
        "X-WR-CALNAME:Jalon – Pontoise",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_nobody_is_named_and_nothing_repeats() -> None:
    text = written(entry())
    for word in ("ORGANIZER", "ATTENDEE", "VALARM", "RRULE", "COMMENT"):
        assert word not in text


def test_an_empty_calendar_is_a_calendar() -> None:
    assert [child.name for child in read(written()).getChildren() if child.name == "VEVENT"] == []


@pytest.mark.parametrize("month", range(1, 25))
def test_the_time_zone_agrees_with_zoneinfo_hour_by_hour(month: int) -> None:
    first = date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    last = first + timedelta(days=395)
    text = ics.calendar("Jalon", [], first_day=first, last_day=last).decode()
    block = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VCALENDAR")]
    zone = tz.tzical(io.StringIO(block)).get("Europe/Paris")
    assert zone is not None
    at = datetime.combine(first, time())
    while at.date() <= last:
        there = at.replace(tzinfo=PARIS)
        exists = there.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) == at
        if exists:
            assert at.replace(tzinfo=zone).utcoffset() == there.utcoffset(), at
        at += timedelta(hours=1)


def test_the_time_zone_covers_the_window_and_no_more() -> None:
    text = written()
    onsets = sorted(line[6:] for line in text.split("\r\n") if line.startswith("RDATE:"))
    assert onsets == ["20251026T030000", "20260329T020000", "20261025T030000"]
    assert text.count("BEGIN:VTIMEZONE") == 1


_HOSTILE = st.text(
    st.sampled_from("éÉœ€😀\U0001f469\u200d\u200f\u0627\u2028\x85;,:\\nN\n\r\t \"'A1")
    | st.characters(codec="utf-8"),
    max_size=200,
)


def readable(label: str) -> str:
    """What any reader may expect back: line breaks as one kind, no control characters."""
    one_kind = label.replace("\r\n", "\n").replace("\r", "\n")
    controls = [chr(n) for n in (*range(32), *range(127, 160)) if n not in (9, 10)]
    return "".join(c for c in one_kind if c not in controls)


@given(label=_HOSTILE)
def test_any_label_comes_back_the_same_in_lines_of_75_octets(label: str) -> None:
    body = ics.calendar(
        label, [entry(summary=label, location=label)], first_day=FIRST, last_day=LAST
    )
    lines = body.split(b"\r\n")
    assert lines.pop() == b""
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    whole = read(body.decode())
    wanted = readable(label)
    assert whole.vevent.summary.value == wanted
    if wanted:
        assert whole.vevent.location.value == wanted


def test_a_written_backslash_n_is_not_a_line_break() -> None:
    assert (
        read(written(entry(summary="A\\Nord; B\\nord"))).vevent.summary.value == "A\\Nord; B\\nord"
    )


def test_the_same_state_gives_the_same_bytes_in_any_order_of_zones() -> None:
    there = entry(starts_at=paris("2026-04-14 18:00").astimezone(UTC))
    assert written(entry()) == written(there)
