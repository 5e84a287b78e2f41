"""Two of the coordination merge the same two records at once, each the other way round."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import JournalEntry, Participant, Seat
from tests import factories
from tests.booking.seats import seat
from tests.cast import Cast
from tests.concurrency.processes import run_together

pytestmark = pytest.mark.django_db(transaction=True)

_MERGE = """
import sys, time, django
django.setup()
from django.utils import timezone
from booking.actions.merge import merge
from booking.errors import BookingError
from booking.models import Participant
keep, absorb = (Participant.objects.get(pk=pk) for pk in sys.argv[2:4])
time.sleep(max(0, float(sys.argv[1]) - time.time()))
try:
    merge(by=None, now=timezone.now(), keep=keep, absorb=absorb)
    print("merged")
except BookingError as refusal:
    print(type(refusal).__name__)
"""

_BOOK = """
import sys, time, django
django.setup()
from django.utils import timezone
from booking import actions
from booking.errors import BookingError
from booking.models import Participant, Session
person = Participant.objects.get(pk=sys.argv[2])
told = []
time.sleep(max(0, float(sys.argv[1]) - time.time()))
for pk in sys.argv[3:]:
    try:
        actions.book_seat(by=None, now=timezone.now(), participant=person,
                          session=Session.objects.get(pk=pk))
        told.append("seated")
    except BookingError as refusal:
        told.append(type(refusal).__name__)
print(" ".join(told))
"""


def _soon() -> str:
    """When all of them begin: by then every child has started."""
    return str((timezone.now() + timedelta(seconds=3)).timestamp())


def test_one_merge_wins_and_the_other_is_told(cast: Cast) -> None:
    one, other = str(cast.hamel.pk), str(factories.participant().pk)
    start = timezone.now() + timedelta(days=3)
    for n, pk in enumerate((one, other, one, other)):
        session = factories.session(cast.ours, start + timedelta(days=n))
        seat(Participant.objects.get(pk=pk), session)
    at = _soon()
    told = run_together(_MERGE, [[at, one, other], [at, other, one]] * 2)
    assert told.count("merged") == 1
    assert set(told) <= {"merged", "Merged", "Busy"}
    [entry] = JournalEntry.objects.filter(verb="people_merged")
    absorbed = Participant.objects.get(merged_into__isnull=False)
    assert (entry.participant, entry.facts["absorbed"]) == (absorbed.merged_into, absorbed.pk)
    assert set(Seat.objects.values_list("participant", flat=True)) == {entry.participant_id}


def test_nobody_is_seated_under_a_record_that_is_being_merged(cast: Cast) -> None:
    absorbed = factories.participant()
    start = timezone.now() + timedelta(days=3)
    sessions = [str(factories.session(cast.ours, start + timedelta(days=n)).pk) for n in range(12)]
    at = _soon()
    told: list[str] = []
    booking = threading.Thread(
        target=lambda: told.extend(run_together(_BOOK, [[at, str(absorbed.pk), *sessions]]))
    )
    booking.start()
    merged = run_together(_MERGE, [[at, str(cast.hamel.pk), str(absorbed.pk)]] * 2)
    booking.join(timeout=90)
    seats = Seat.objects.active()
    if "merged" in merged:
        assert set(seats.values_list("participant", flat=True)) <= {cast.hamel.pk}
    assert seats.count() == told[0].split().count("seated")
    assert set(told[0].split()) <= {"seated", "Merged", "Busy"}
    assert set(merged) <= {"merged", "Merged", "Busy"}
