"""Several processes publish one rhythm."""

from __future__ import annotations

import time
from datetime import date
from datetime import time as clock

import pytest

from booking.locking import writing
from booking.models import Session
from calendars.models import Rhythm, RhythmDate
from calendars.publish import publish
from calendars.reading import lock_rhythm
from calendars.recurrence import Recurrence, Weekday
from calendars.rhythms import change_event
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.concurrency.processes import FORK, begin, run_together
from tests.factories import paris

pytestmark = pytest.mark.django_db(transaction=True)

_PUBLISH = """
import sys, django
django.setup()
from datetime import datetime
from booking.errors import Busy
from calendars.models import Rhythm
from calendars.publish import publish
now, until = (datetime.fromisoformat(word) for word in sys.argv[2:])
try:
    print(len(publish(rhythm=Rhythm.objects.get(pk=sys.argv[1]), now=now, until=until, by=None)
              .opened))
except Busy:
    print(0)
"""


def test_four_processes_publish_each_date_once(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    words = [str(made.pk), "2026-02-01T09:00+01:00", "2026-12-01T00:00+01:00"]
    # 39 Tuesdays, of which 14 July is a holiday.
    opened = [int(answer) for answer in run_together(_PUBLISH, [words] * 4)]
    assert sorted(opened) == [0, 0, 0, 38]
    assert (Session.objects.count(), RhythmDate.objects.count()) == (38, 39)


_OPEN = """
import sys, django
django.setup()
from datetime import date, datetime, time
from booking.models import Partner, Service, Venue
from calendars.actions import open_rhythm
from calendars.recurrence import Recurrence, Weekday
partner = Partner.objects.get(pk=sys.argv[1])
made = open_rhythm(
    by=None, now=datetime.fromisoformat(sys.argv[2]), partner=partner, venue=partner.venues.get(),
    service=partner.services.get(family="group"), label="Groupe B", first_day=date(2026, 3, 1),
    start=time(18), minutes=120, recurrence=Recurrence((Weekday.TUESDAY,)), capacity=8,
)
print(made.event.calendar_id)
"""


def test_four_who_need_the_partner_s_calendar_at_once_get_the_same_one(cast: Cast) -> None:
    words = [str(cast.ours.pk), "2026-02-01T09:00+01:00"]
    calendars = run_together(_OPEN, [words] * 4)
    assert len({answer.strip() for answer in calendars}) == 1
    assert Rhythm.objects.count() == 4


def test_whoever_waited_for_a_change_publishes_the_new_form(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=3))
    locked, go_on = FORK.Event(), FORK.Event()

    def change() -> None:
        with writing():
            held = lock_rhythm(made.pk)
            locked.set()
            go_on.wait(30)
            time.sleep(0.3)  # The other one waits for the row by now.
            fridays = Recurrence((Weekday.FRIDAY,), times=3)
            change_event(
                held, first_day=date(2026, 3, 1), start=clock(9), minutes=60, recurrence=fridays
            )
            Rhythm.objects.filter(pk=made.pk).update(minutes=60)

    child = begin(change)
    assert locked.wait(30)
    go_on.set()
    publish(rhythm=made, now=paris("2026-02-01 09:00"))
    child.join(30)
    assert child.exitcode == 0
    found = Session.objects.order_by("starts_at").values_list("starts_at", "ends_at")
    assert list(found) == [
        (paris(f"2026-03-{day} 09:00"), paris(f"2026-03-{day} 10:00")) for day in ("06", "13", "20")
    ]
