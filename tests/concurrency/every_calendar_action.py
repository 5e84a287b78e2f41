"""Each action on rhythms and closures once, in the case in which it writes the most: see
`tests.concurrency.every_action`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from booking import actions as seats
from booking.models import Session
from calendars import actions
from calendars.ending import Ending
from calendars.models import Rhythm
from calendars.plan import Seated
from calendars.publish import publish
from calendars.recurrence import PARIS, Recurrence, Weekday
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes

Call = Callable[[], object]
CASES: dict[str, Callable[[Cast], Call]] = {}


def case(prepare: Callable[[Cast], Call]) -> Callable[[Cast], Call]:
    CASES[prepare.__name__] = prepare
    return prepare


def _call(name: str, /, **values: Any) -> Call:
    return partial(getattr(actions, name), by=None, now=timezone.now(), **values)


def first_day() -> date:
    """A Monday, in one to two weeks."""
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def rhythm(cast: Cast, times: int = 3, **fields: Any) -> Rhythm:
    """So many Mondays at 18:00, published. Holidays do not matter here."""
    values: dict[str, Any] = {
        "partner": cast.ours,
        "service": factories.service(),
        "venue": cast.venue,
        "label": "Groupe B",
        "first_day": first_day(),
        "start": time(18),
        "minutes": 120,
        "recurrence": Recurrence((Weekday.MONDAY,), times=times),
        "capacity": 1,
        "practitioners": [cast.practitioner],
        "public_holidays": "hold",
        **fields,
    }
    now = timezone.now()
    made = actions.open_rhythm(by=None, now=now, **values)
    publish(rhythm=made, now=now)
    return made


def on(made: Rhythm, week: int) -> Session:
    row = made.dates.select_related("session").order_by("day")[week]
    assert row.session is not None
    return row.session


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


@case
def add_closure(cast: Cast) -> Call:
    """The second of three Mondays: one is booked and somebody waits for it, one more is opened."""
    made = rhythm(cast, programme=factories.programme(cast.ours))
    scenes.book(on(made, 1))
    scenes.wait(on(made, 1), cast.hamel)
    monday = first_day() + timedelta(days=7)
    times = {"starts_at": _midnight(monday), "ends_at": _midnight(monday + timedelta(days=8))}
    return _call("add_closure", name="Travaux", partner=cast.ours, cancel_booked=True, **times)


@case
def change_rhythm(cast: Cast) -> Call:
    """One goes along with its person, one was moved by hand, one is opened anew."""
    made = rhythm(cast)
    scenes.book(on(made, 0))
    moved = on(made, 1)
    to = moved.starts_at + timedelta(hours=3)
    seats.move_session(by=None, now=timezone.now(), session=moved, starts_at=to)
    values: dict[str, Any] = {
        "start": time(17),
        "recurrence": Recurrence((Weekday.THURSDAY,), times=3),
        "venue": factories.venue(cast.ours),
        "capacity": 2,
        "practitioners": [factories.practitioner(cast.ours)],
    }
    day = first_day()
    return _call(
        "change_rhythm", rhythm=made, from_day=day, seated=Seated.MOVE, anyway=True, **values
    )


@case
def delete_rhythm(cast: Cast) -> Call:
    return _call("delete_rhythm", rhythm=rhythm(cast, 2))


@case
def end_rhythm(cast: Cast) -> Call:
    made = rhythm(cast)
    scenes.book(on(made, 0))
    values = {"seated": Ending.CANCEL, "anyway": True}
    return _call("end_rhythm", rhythm=made, from_day=first_day(), **values)


@case
def lift_closure(cast: Cast) -> Call:
    """Of two, one was absent: dates come back, and they lead together again."""
    both = [cast.practitioner, factories.practitioner(cast.ours)]
    rhythm(cast, 2, practitioners=both)
    rhythm(cast, 2, start=time(9))
    monday = _midnight(first_day())
    times: dict[str, Any] = {"starts_at": monday, "ends_at": monday + timedelta(days=1)}
    absence = actions.report_absence(
        by=None, now=timezone.now(), practitioner=cast.practitioner, **times
    )
    return _call("lift_closure", closure=absence.closure)


@case
def open_rhythm(cast: Cast) -> Call:
    values: dict[str, Any] = {
        "service": factories.service(),
        "venue": cast.venue,
        "label": "RDV",
        "first_day": first_day(),
        "start": time(9),
        "minutes": 120,
        "slot_minutes": 45,
        "recurrence": Recurrence((Weekday.MONDAY,), times=2),
        "capacity": 1,
        "practitioners": [cast.practitioner],
        "also_for": [factories.service(name="Atelier", letter="A")],
    }
    cast.ours.services.add(*values["also_for"])
    return _call("open_rhythm", partner=cast.ours, **values)


@case
def report_absence(cast: Cast) -> Call:
    """One is booked, one is empty, and one is led by two."""
    both = [cast.practitioner, factories.practitioner(cast.ours)]
    alone = rhythm(cast, 2, start=time(9))
    scenes.book(on(alone, 0))
    scenes.book(on(rhythm(cast, 1, practitioners=both), 0))
    monday = _midnight(first_day())
    times = {"starts_at": monday, "ends_at": monday + timedelta(days=8)}
    return _call("report_absence", practitioner=cast.practitioner, cancel_booked=True, **times)
