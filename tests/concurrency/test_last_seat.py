"""Many processes, few seats."""

from __future__ import annotations

import pytest

from booking.models import JournalEntry, Seat
from tests import factories
from tests.cast import Cast
from tests.concurrency.processes import run_together

pytestmark = pytest.mark.django_db(transaction=True)

_TAKE = """
import sys, django
django.setup()
from django.utils import timezone
from booking import actions
from booking.errors import BookingError
from booking.models import Participant, Session
session = Session.objects.get(pk=sys.argv[1])
told = []
for pk in sys.argv[2:]:
    try:
        actions.book_seat(by=None, now=timezone.now(), session=session,
                          participant=Participant.objects.get(pk=pk))
        told.append("seated")
    except BookingError as refusal:
        told.append(type(refusal).__name__)
print(" ".join(told))
"""


def test_six_processes_share_eight_seats_and_nobody_is_seated_twice(cast: Cast) -> None:
    session = factories.session(cast.ours)
    people = [str(factories.participant().pk) for _ in range(12)]
    # Everybody is asked for by two processes.
    answers = run_together(_TAKE, [[str(session.pk), *people[n % 3 * 4 :][:4]] for n in range(6)])
    told = " ".join(answers).split()
    seats = Seat.objects.active().filter(session=session)
    assert sorted(seats.values_list("number", flat=True)) == list(range(1, 9))
    assert seats.values("participant").distinct().count() == 8
    assert told.count("seated") == 8
    assert set(told) <= {"seated", "SessionFull", "AlreadySeated", "Busy"}
    assert JournalEntry.objects.filter(verb="seat_booked").count() == 8
