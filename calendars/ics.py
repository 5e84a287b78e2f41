"""The only door to icalendar: RFC 5545 and RFC 7986, as calendar programs really read them.

The bytes are a pure function of the arguments: no clock, no random UID, no language. The two
French words are part of the format that the network agreed on, so they are not translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText, vUri

PARIS = ZoneInfo("Europe/Paris")
TZID = "Europe/Paris"
BUSY = "Occupé"
CANCELLED = "ANNULÉ – "
_PRODID = "-//Jalon//Jalon//FR"
_REFRESH = timedelta(hours=1)
# Every control character but the tab and the line break: RFC 5545 has no way to write them.
_CONTROLS = {n: None for n in (*range(32), *range(127, 160)) if n not in (9, 10)}


@dataclass(frozen=True)
class Entry:
    """One session as a calendar shows it. Times are aware; `changed_at` is when the time, the
    place or the state last changed, and `revision` counts those changes."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    revision: int
    cancelled: bool
    summary: str
    location: str = ""
    url: str = ""


class _Text(vText):
    """TEXT, escaped as RFC 5545 3.3.11 says. The library's own reads a written `\\N` as a line
    break, and so turns the label "A\\Nord" into two lines."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


def _text(value: str) -> _Text:
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return _Text(lines.translate(_CONTROLS))


def calendar(name: str, entries: Iterable[Entry], *, first_day: date, last_day: date) -> bytes:
    """A whole calendar. The entries start between the two days, Paris time, both included."""
    made = Calendar()
    made.add("prodid", _PRODID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", _text(name))
    made.add("x-wr-calname", _text(name))
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    made.add_component(_timezone(first_day, last_day))
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.starts_at.astimezone(PARIS))
    event.add("dtend", entry.ends_at.astimezone(PARIS))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    event.add("summary", _text((CANCELLED if entry.cancelled else "") + entry.summary))
    if entry.location:
        event.add("location", _text(entry.location))
    if entry.url:
        event.add("url", vUri(entry.url))
    return event


@dataclass(frozen=True)
class _Onset:
    """The clock jumps. `at` is what it showed just before, as RFC 5545 3.6.5 wants it."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


@lru_cache(maxsize=8)
def _timezone(first_day: date, last_day: date) -> Timezone:
    """Europe/Paris from the last change before the first day to the last day, and no further."""
    zone = Timezone()
    zone.add("tzid", TZID)
    kinds: dict[bool, list[_Onset]] = {}
    for onset in _onsets(first_day, last_day):
        kinds.setdefault(onset.summer, []).append(onset)
    for summer, onsets in kinds.items():
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part.add("dtstart", onsets[0].at)
        # The first stands here too: dateutil reads no part without one. One to a line: vobject
        # keeps only the first of several.
        for onset in onsets:
            part.add("rdate", [onset.at])
        part.add("tzoffsetfrom", onsets[0].before)
        part.add("tzoffsetto", onsets[0].after)
        part.add("tzname", onsets[0].name)
        zone.add_component(part)
    return zone


def _onsets(first_day: date, last_day: date) -> list[_Onset]:
    start = datetime.combine(first_day, time(), PARIS)
    end = datetime.combine(last_day + timedelta(days=1), time(), PARIS)
    found = list(_changes(start.astimezone(UTC) - timedelta(days=366), end.astimezone(UTC)))
    earlier = [one for one in found if one.at <= start.replace(tzinfo=None)]
    later = found[len(earlier) :]
    return [*earlier[-1:], *later] or [_onset(start.astimezone(UTC))]


def _changes(since: datetime, until: datetime) -> Iterator[_Onset]:
    """Every change of offset, found by asking zoneinfo hour by hour only on days that have one."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    at = since.replace(minute=0, second=0, microsecond=0)
    while at < until:
        if _offset(at) == _offset(at + day):
            at += day
            continue
        while _offset(at) == _offset(at + hour):
            at += hour
        at += hour
        yield _onset(at)


def _onset(at: datetime) -> _Onset:
    """What changes at this instant (UTC)."""
    before, there = _offset(at - timedelta(seconds=1)), at.astimezone(PARIS)
    return _Onset(
        at=(at + before).replace(tzinfo=None),
        before=before,
        after=_offset(at),
        name=there.tzname() or "",
        summer=bool(there.dst()),
    )


def _offset(at: datetime) -> timedelta:
    return at.astimezone(PARIS).utcoffset() or timedelta()
