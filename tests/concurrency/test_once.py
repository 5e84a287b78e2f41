"""One form, sent by many at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from booking.models import Answered, JournalEntry, Venue
from tests.cast import Cast
from tests.concurrency.processes import ROOT, environment, run_together

pytestmark = pytest.mark.django_db(transaction=True)

#: A second venue of one name is refused, so without a key only one process would get an answer.
_ADD = """
import sys, time, django
django.setup()
from django.utils import timezone
from booking import actions, journal
from booking.errors import BookingError
from booking.models import Partner, User
partner, actor, key, then = sys.argv[1:]
def linger(**told):
    print("written", flush=True)
    time.sleep(60)
if then == "linger":
    journal.written.connect(linger)
name = f"Annexe {actor}"
try:
    venue = actions.add_venue(
        by=User.objects.get(pk=actor), now=timezone.now(),
        partner=Partner.objects.get(pk=partner), name=name, street="9 rue du Moulin",
        postcode="95300", city="Pontoise", key=key)
    print(venue.pk)
except BookingError as refusal:
    print(type(refusal).__name__)
"""


def _words(cast: Cast, actor: int) -> list[str]:
    return [str(cast.ours.pk), str(actor), "one-key", "go"]


@contextmanager
def _lingering(words: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that has written everything and does not commit."""
    with subprocess.Popen(
        [sys.executable, "-c", _ADD, *words[:3], "linger"],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "written\n"
        try:
            yield child
        finally:
            child.kill()


def test_six_at_once_with_one_key_have_one_effect_and_one_answer(cast: Cast) -> None:
    answers = run_together(_ADD, [_words(cast, cast.admin.pk)] * 6)
    made = Venue.objects.get(name=f"Annexe {cast.admin.pk}")
    assert set(answers) - {"Busy"} == {str(made.pk)}
    assert JournalEntry.objects.filter(verb="venue_added").count() == 1
    assert Answered.objects.get().answer == {"answer": {"row": "booking.Venue", "pk": made.pk}}


def test_two_people_with_one_key_do_not_hear_each_other(cast: Cast) -> None:
    both = [cast.admin.pk, cast.coordinator.pk]
    answers = run_together(_ADD, [_words(cast, actor) for actor in both])
    made = [str(Venue.objects.get(name=f"Annexe {actor}").pk) for actor in both]
    assert answers == made


def test_one_that_is_killed_in_the_middle_does_not_block(cast: Cast) -> None:
    words = _words(cast, cast.admin.pk)
    with _lingering(words) as first:
        first.kill()
    assert not Venue.objects.filter(name=f"Annexe {cast.admin.pk}").exists()
    [answer] = run_together(_ADD, [words])
    assert answer == str(Venue.objects.get(name=f"Annexe {cast.admin.pk}").pk)


def test_one_that_waits_too_long_for_the_first_is_told_so(cast: Cast, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("the wait is 20 s there, and not for the key but for the one writer")
    words = _words(cast, cast.admin.pk)
    with _lingering(words):
        assert run_together(_ADD, [words]) == ["Busy"]
    assert not Answered.objects.exists()
