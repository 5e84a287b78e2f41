from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions
from booking.errors import NotAllowed, SessionCancelled
from booking.models import Assignment, JournalEntry, Session, WaitingEntry
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes

pytestmark = pytest.mark.django_db


def _discard(*sessions: Session) -> list[Session]:
    return list(actions.discard_sessions(by=None, now=timezone.now(), sessions=sessions))


def test_a_date_that_nobody_used_is_gone(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    before = session.changed_at
    assert _discard(session) == [session]
    session.refresh_from_db()
    assert (session.state, session.revision) == ("discarded", 1)
    assert session.changed_at > before
    assert Assignment.objects.filter(active=True).count() == 0
    entry = JournalEntry.objects.get(verb="session_discarded")
    assert (entry.session, entry.partner) == (session, cast.ours)
    assert entry.facts == {"starts_at": session.starts_at.isoformat(), "revision": 1}


def test_the_practitioner_is_free_again(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    _discard(session)
    again = factories.session(cast.ours, session.starts_at, practitioners=[cast.practitioner])
    assert again.state == "planned"


def test_what_somebody_used_once_stays(cast: Cast) -> None:
    seated, left = (scenes.evening(cast.ours, day) for day in range(2))
    # Too soon for an offer: this one only waits, and gives up.
    waited = factories.session(cast.ours, timezone.now() + timedelta(hours=5))
    scenes.book(seated, cast.hamel)
    seat = scenes.book(left)
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    entry = scenes.wait(waited)
    actions.leave_waiting_list(by=None, now=timezone.now(), waiting_entry=entry)
    assert not waited.seats.exists()
    assert _discard(seated, left, waited) == []
    assert set(Session.objects.values_list("state", "revision")) == {("planned", 0)}
    assert not JournalEntry.objects.filter(verb="session_discarded").exists()


def test_what_began_or_was_cancelled_or_is_gone_stays_as_it_is(cast: Cast) -> None:
    begun = factories.session(cast.ours, timezone.now() - timedelta(minutes=1))
    cancelled, gone = scenes.evening(cast.ours), scenes.evening(cast.ours, 1)
    actions.cancel_session(by=None, now=timezone.now(), session=cancelled)
    _discard(gone)
    assert _discard(begun, cancelled, gone) == []
    states = Session.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["planned", "cancelled", "discarded"]


def test_what_somebody_moved_since_it_was_read_stays(cast: Cast) -> None:
    session = factories.session(cast.ours)
    as_read = Session.objects.get(pk=session.pk)
    later = session.starts_at + timedelta(days=1)
    actions.move_session(by=None, now=timezone.now(), session=session, starts_at=later)
    assert _discard(as_read) == []
    session.refresh_from_db()
    assert session.state == "planned"


def test_only_the_unused_of_many_go(cast: Cast) -> None:
    used, free, other = (scenes.evening(cast.ours, day) for day in range(3))
    scenes.book(used)
    assert _discard(other, used, free) == [free, other]


@pytest.mark.parametrize("action", ["book_seat", "join_waiting_list"])
def test_nobody_comes_into_it_any_more(cast: Cast, action: str) -> None:
    session = scenes.evening(cast.ours)
    _discard(session)
    with pytest.raises(SessionCancelled):
        getattr(actions, action)(
            by=None, now=timezone.now(), session=session, participant=cast.hamel
        )


def test_nor_is_it_moved_changed_or_cancelled(cast: Cast) -> None:
    session = scenes.evening(cast.ours)
    _discard(session)
    now = timezone.now()
    later = session.starts_at + timedelta(days=1)
    with pytest.raises(SessionCancelled):
        actions.move_session(by=None, now=now, session=session, starts_at=later)
    with pytest.raises(SessionCancelled):
        actions.change_seats(by=None, now=now, session=session, capacity=3)
    with pytest.raises(SessionCancelled):
        actions.cancel_session(by=None, now=now, session=session)


def test_who_waits_for_the_whole_group_may_fit_without_it(cast: Cast) -> None:
    group, [first, second] = scenes.course(cast.ours)
    scenes.book(factories.session(cast.theirs, second.starts_at), cast.hamel)
    scenes.wait(group, cast.hamel)
    assert _discard(second) == [second]
    entry = WaitingEntry.objects.get(programme=group)
    assert entry.state == "offered"
    assert entry.enrolment is not None
    assert [seat.session for seat in entry.enrolment.seats.all()] == [first]


def test_another_partner_takes_nothing_back(cast: Cast) -> None:
    ours, theirs = scenes.evening(cast.ours), scenes.evening(cast.theirs)
    with pytest.raises(NotAllowed):
        actions.discard_sessions(by=cast.admin, now=timezone.now(), sessions=[ours, theirs])
    assert _discard(ours, theirs) == [ours, theirs]


def test_the_number_of_statements_does_not_depend_on_the_sessions(cast: Cast) -> None:
    counts = []
    for number in (1, 3):
        sessions = [scenes.evening(cast.ours, 3 * number + n) for n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert _discard(*sessions) == sessions
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_same_request_twice_has_one_answer(cast: Cast) -> None:
    session = scenes.evening(cast.ours)
    answers = [
        actions.discard_sessions(by=None, now=timezone.now(), sessions=[session], key="a-key")
        for _ in range(2)
    ]
    assert answers == [(session,), (session,)]
