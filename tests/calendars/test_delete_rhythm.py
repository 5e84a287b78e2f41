from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from schedule.models import Event, Rule  # noqa: TID251 - looks behind the door

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, Session
from booking.models.journal import Verb
from booking.models.session import SessionState
from calendars.actions import delete_rhythm
from calendars.models import Rhythm, RhythmDate
from tests.calendars.test_change_rhythm import NOW, book, on, published
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(cast: Cast) -> Rhythm:
    return published(cast, practitioners=[cast.practitioner])


def test_what_nobody_used_is_gone_with_all_that_belongs_to_it(cast: Cast, made: Rhythm) -> None:
    other = published(cast, practitioners=[])
    number = made.pk
    delete_rhythm(by=cast.admin, now=NOW, rhythm=made)
    assert list(Rhythm.objects.all()) == [other]
    assert (Event.objects.count(), Rule.objects.count()) == (1, 1)
    assert RhythmDate.objects.count() == 5
    states = Session.objects.filter(rhythm_date=None).values_list("state", flat=True)
    assert list(states) == [SessionState.DISCARDED] * 5
    entry = JournalEntry.objects.get(verb=Verb.RHYTHM_DELETED)
    assert (entry.partner, entry.facts) == (cast.ours, {"rhythm": number, "sessions": 5})


@pytest.mark.parametrize("released", [True, False])
def test_what_somebody_used_is_ended_instead(cast: Cast, made: Rhythm, released: bool) -> None:
    seat = book(on(made, 10), cast.hamel)
    if released:
        actions.release_seat(by=None, now=NOW, seat=seat)
    with pytest.raises(Invalid):
        delete_rhythm(by=None, now=NOW, rhythm=made)
    assert Session.objects.filter(state=SessionState.PLANNED).count() == 5


def test_what_has_begun_is_ended_instead(made: Rhythm) -> None:
    with pytest.raises(Invalid):
        delete_rhythm(by=None, now=paris("2026-03-03 18:00"), rhythm=made)


def test_a_cancelled_date_that_nobody_used_does_not_stand_in_the_way(made: Rhythm) -> None:
    cancelled = on(made, 10)
    actions.cancel_session(by=None, now=NOW, session=cancelled)
    delete_rhythm(by=None, now=NOW, rhythm=made)
    cancelled.refresh_from_db()
    assert (Rhythm.objects.count(), cancelled.state) == (0, SessionState.CANCELLED)


def test_what_is_gone_cannot_be_deleted_again(made: Rhythm) -> None:
    delete_rhythm(by=None, now=NOW, rhythm=Rhythm.objects.get(pk=made.pk))
    with pytest.raises(Invalid):
        delete_rhythm(by=None, now=NOW, rhythm=made)


def test_a_key_deletes_once(made: Rhythm) -> None:
    for _ in range(2):
        delete_rhythm(by=None, now=NOW, rhythm=made, key="a-key")
    assert JournalEntry.objects.filter(verb=Verb.RHYTHM_DELETED).count() == 1


@pytest.mark.parametrize("who", ["stranger", "doctor", "observer"])
def test_only_who_manages_the_partner_deletes_it(cast: Cast, made: Rhythm, who: str) -> None:
    with pytest.raises(NotAllowed):
        delete_rhythm(by=getattr(cast, who), now=NOW, rhythm=made)
