from __future__ import annotations

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from calendars.models import Rhythm, RhythmDate
from calendars.publish import publish
from tests.calendars.test_feeds import our_session
from tests.calendars.test_publish import NOW
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def test_a_date_is_published_once_even_without_the_lock(cast: Cast) -> None:
    made = rhythm(cast.ours)
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        RhythmDate.objects.create(
            rhythm=made, day=date(2026, 3, 3), start=time(18), session=our_session(cast)
        )


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": 4},
        {"capacity": 0},
        {"slot_minutes": 121},
        {"gap_minutes": 5},
        {"times": 0},
        {"times": 201},
    ],
)
def test_the_database_refuses_a_rhythm_that_makes_no_sense(
    cast: Cast, values: dict[str, int]
) -> None:
    made = rhythm(cast.ours)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rhythm.objects.filter(pk=made.pk).update(**values)


def test_the_event_of_a_rhythm_cannot_be_deleted_under_it(cast: Cast) -> None:
    made = rhythm(cast.ours)
    with pytest.raises(ProtectedError):
        made.event.calendar.delete()
