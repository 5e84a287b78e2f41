"""Rules that protect somebody who is not in the room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import (
    BookingError,
    NotAllowed,
    NotPossibleHere,
    SessionCancelled,
    TooEarly,
    TooLate,
    VictimsOnly,
)
from booking.models import HiddenFrom, Seat, Session
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _refused(cast: Cast, session: Session) -> type[BookingError]:
    with pytest.raises(BookingError) as refusal:
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    assert Seat.objects.count() == 0
    return refusal.type


def test_nobody_is_seated_in_a_venue_kept_for_victims(cast: Cast) -> None:
    venue = factories.venue(cast.ours, victims_only=True)
    assert _refused(cast, factories.session(cast.ours, venue=venue)) is VictimsOnly


def test_a_partner_that_must_not_see_somebody_is_not_told_why(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    session = factories.session(cast.ours)
    assert _refused(cast, session) is NotPossibleHere
    assert "Hamel" not in str(NotPossibleHere())


def test_nobody_comes_before_their_earliest_date(cast: Cast) -> None:
    session = factories.session(cast.ours, factories.paris("2027-03-15 09:00"))
    cast.hamel.not_before = factories.paris("2027-03-16 00:00").date()
    cast.hamel.save()
    assert _refused(cast, session) is TooEarly


def test_a_cancelled_or_started_session_takes_nobody(cast: Cast) -> None:
    session = factories.session(cast.ours)
    actions.cancel_session(by=cast.admin, now=timezone.now(), session=session)
    assert _refused(cast, session) is SessionCancelled
    started = factories.session(cast.ours, timezone.now() - timedelta(minutes=5))
    assert _refused(cast, started) is TooLate


@pytest.mark.parametrize("who", ["stranger", "observer", "doctor"])
def test_only_the_partners_admin_and_the_coordination_write(cast: Cast, who: str) -> None:
    session = factories.session(cast.ours)
    with pytest.raises(NotAllowed):
        actions.book_seat(
            by=getattr(cast, who), now=timezone.now(), session=session, participant=cast.hamel
        )
    with pytest.raises(NotAllowed):
        actions.cancel_session(by=getattr(cast, who), now=timezone.now(), session=session)
    assert Seat.objects.count() == 0


def test_cancelling_frees_the_practitioner_and_cancels_the_seats(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    seat = actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    cancelled = actions.cancel_session(by=cast.admin, now=now, session=session)
    seat.refresh_from_db()
    assert (seat.state, cancelled.revision, cancelled.changed_at) == ("cancelled", 1, now)
    factories.session(cast.ours, session.starts_at, practitioners=[cast.practitioner])
    with pytest.raises(SessionCancelled):
        actions.cancel_session(by=cast.admin, now=now, session=session)


def test_only_an_admin_who_knows_somebody_or_the_coordination_holds_them_back(cast: Cast) -> None:
    now, day = timezone.now(), timezone.localdate() + timedelta(days=60)
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    for nobody in (cast.doctor, cast.stranger, cast.observer):
        with pytest.raises(NotAllowed):
            actions.hold_back(by=nobody, now=now, participant=cast.hamel, until=day)
    for by, until in ((cast.admin, day), (cast.coordinator, None), (None, day)):
        held = actions.hold_back(by=by, now=now, participant=cast.hamel, until=until)
        assert held.not_before == until
