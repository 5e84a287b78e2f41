"""Several processes publish one rhythm."""

from __future__ import annotations

import pytest

from booking.models import Session
from calendars.models import Rhythm, RhythmDate
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.concurrency.processes import run_together

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
