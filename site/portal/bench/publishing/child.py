"""What runs in processes of its own (portal.bench.talking):
`python -m portal.bench.publishing.child stage|publish COUNT`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django

_PARIS = ZoneInfo("Europe/Paris")
#: Six months.
_DAYS = 183
#: So many rhythms by the one, then as many by the other: a busy machine slows both.
_TURN = 25


def stage(count: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from portal.bench.publishing.town import build

    call_command("migrate", verbosity=0)
    for done in build(count):
        _tell(done)
    with connection.cursor() as cursor:
        # Otherwise the server learns in the middle of the run how large its tables have become.
        cursor.execute("ANALYZE")
    return {"rhythms": count}


def publish_all(_count: int) -> dict[str, Any]:
    from django.utils import timezone

    from booking.models import Session
    from calendars.models import Rhythm
    from calendars.publish import publish
    from portal.bench.publishing.floor import Floor

    now = timezone.now()
    until = datetime.combine(
        now.astimezone(_PARIS).date() + timedelta(days=_DAYS), datetime.min.time()
    )
    aware = until.replace(tzinfo=_PARIS)
    rhythms = list(Rhythm.objects.select_related("event__rule").order_by("pk"))
    local, holidays = now.astimezone(_PARIS).replace(tzinfo=None), _holidays(now.year)
    jobs, floor, bare = [_job(one) for one in rhythms], Floor(), 0
    engine_s = floor_s = 0.0
    # The first of each pays for what is prepared once a process.
    for first in range(0, len(rhythms), _TURN):
        began = time.perf_counter()
        for rhythm in rhythms[first : first + _TURN]:
            publish(rhythm=rhythm, now=now, until=aware)
        between = time.perf_counter()
        for job in jobs[first : first + _TURN]:
            bare += floor.publish(job, local, until, holidays)
        engine_s += between - began
        floor_s += time.perf_counter() - between
        _tell(min(first + _TURN, len(rhythms)))
    sessions = Session.objects.count()
    began = time.perf_counter()
    with _counting() as written:
        for rhythm in rhythms:
            publish(rhythm=rhythm, now=now, until=aware)
    again = time.perf_counter() - began
    return {
        "rhythms": len(rhythms),
        "sessions": sessions,
        "floor_sessions": bare,
        "sessions_per_s": round(sessions / engine_s, 1),
        "floor_per_s": round(bare / floor_s, 1),
        # The floor must have written the same, or the ratio says nothing.
        "ratio": round(sessions / engine_s / (bare / floor_s), 3) if sessions == bare else 0.0,
        "rerun_writes": sum(written),
        "rerun_s": round(again, 2),
    }


def _job(rhythm: Any) -> Any:
    from calendars.recurrence import Weekday
    from calendars.rhythms import first_start, recurrence_of
    from portal.bench.publishing.floor import Job

    how = recurrence_of(rhythm)
    return Job(
        rhythm=rhythm.pk,
        partner=rhythm.partner_id,
        service=rhythm.service_id,
        venue=rhythm.venue_id,
        leader=rhythm.practitioners.get().pk,
        label=rhythm.label,
        capacity=rhythm.capacity,
        begins=first_start(rhythm).replace(tzinfo=None),
        minutes=rhythm.minutes,
        slot_minutes=rhythm.slot_minutes,
        monthly=how.monthly,
        every=how.every,
        weekdays=tuple(list(Weekday).index(day) for day in how.weekdays),
        bysetpos=how.nth and how.nth.value,
    )


def _holidays(year: int) -> dict[Any, str]:
    import holidays

    return dict(holidays.country_holidays("FR", years=(year, year + 1), language="fr"))


@contextmanager
def _counting() -> Iterator[list[int]]:
    """The rows that each statement writes."""
    from django.db import connection

    written: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            written.append(context["cursor"].rowcount)
        return answer

    with connection.execute_wrapper(count):
        yield written


def _tell(done: int) -> None:
    print(json.dumps({"done": done}), flush=True)


if __name__ == "__main__":
    django.setup()
    step = {"stage": stage, "publish": publish_all}[sys.argv[1]]
    print(json.dumps({"report": step(int(sys.argv[2]))}), flush=True)
