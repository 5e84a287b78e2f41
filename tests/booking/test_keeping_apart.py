"""People who must not meet, partners that must not see somebody: said without saying it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import BookingError, Invalid, NotAdvised, NotAllowed, NotPossibleHere
from booking.models import AvoidancePair, HiddenFrom, JournalEntry, Participant, Session, Venue
from booking.models.journal import Verb
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _apart(cast: Cast, other: Participant) -> AvoidancePair:
    return actions.keep_apart(
        by=cast.coordinator, now=timezone.now(), first=other, second=cast.hamel
    )


def _book(session: Session, person: Participant, *, anyway: bool = False) -> None:
    actions.book_seat(
        by=None, now=timezone.now(), session=session, participant=person, anyway=anyway
    )


def test_two_people_who_must_not_meet_do_not_share_a_session(cast: Cast) -> None:
    other = factories.participant()
    session = factories.session(cast.ours)
    _apart(cast, other)
    _book(session, other)
    with pytest.raises(NotPossibleHere) as refused:
        _book(session, cast.hamel)
    hidden = factories.participant()
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    with pytest.raises(NotPossibleHere) as refused_too:
        _book(session, hidden)
    # The same class and the same words: nothing tells the two cases apart.
    assert str(refused.value) == str(refused_too.value)


@pytest.mark.parametrize(("minutes", "warned"), [(59, True), (60, False)])
def test_within_the_hour_at_one_address_one_is_warned(
    cast: Cast, minutes: int, *, warned: bool
) -> None:
    other = factories.participant()
    _apart(cast, other)
    first = factories.session(cast.ours)
    _book(first, other)
    room = factories.venue(cast.ours, room="salle 9")
    after = factories.session(cast.ours, first.ends_at + timedelta(minutes=minutes), venue=room)
    if warned:
        with pytest.raises(NotAdvised) as refused:
            _book(after, cast.hamel)
        assert other.last_name not in str(refused.value)
    _book(after, cast.hamel, anyway=warned)
    assert after.seats.count() == 1


def test_elsewhere_at_the_same_time_nobody_is_warned(cast: Cast) -> None:
    other = factories.participant()
    _apart(cast, other)
    _book(factories.session(cast.ours), other)
    far = factories.venue(cast.theirs, street="3 place du Parc", city="Cergy")
    _book(factories.session(cast.theirs, venue=far), cast.hamel)


def test_only_the_coordination_makes_and_lifts_safety_rules(cast: Cast) -> None:
    other, now = factories.participant(), timezone.now()
    pair = _apart(cast, other)
    for by in (cast.admin, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            actions.keep_apart(by=by, now=now, first=other, second=cast.hamel)
        with pytest.raises(NotAllowed):
            actions.let_meet(by=by, now=now, pair=pair)
        with pytest.raises(NotAllowed):
            actions.hide_from(by=by, now=now, participant=other, partner=cast.ours)
        with pytest.raises(NotAllowed):
            actions.show_to(by=by, now=now, participant=other, partner=cast.ours)
        with pytest.raises(NotAllowed):
            actions.require_interview(by=by, now=now, service=factories.service(), required=True)


def test_the_journal_of_a_pair_names_neither(cast: Cast) -> None:
    other = factories.participant()
    assert _apart(cast, other) == _apart(cast, other)
    entry = JournalEntry.objects.get(verb=Verb.SAFETY_CHANGED)
    assert (entry.participant, entry.session, entry.partner) == (None, None, None)
    assert set(entry.facts) == {"rule", "pair"}


def test_one_person_is_no_pair(cast: Cast) -> None:
    with pytest.raises(Invalid):
        _apart(cast, cast.hamel)


def test_lifting_a_rule_offers_the_place_that_it_had_closed(cast: Cast) -> None:
    other, now = factories.participant(), timezone.now()
    group = factories.programme(cast.ours)
    session = factories.session(cast.ours, now + timedelta(days=9), programme=group, capacity=2)
    pair = _apart(cast, other)
    _book(session, other)
    waiting = actions.join_waiting_list(by=None, now=now, participant=cast.hamel, programme=group)
    assert waiting.state == "waiting"
    actions.let_meet(by=cast.coordinator, now=now, pair=pair)
    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_somebody_who_is_shown_again_or_free_earlier_is_offered_the_place(cast: Cast) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours)
    factories.session(cast.ours, now + timedelta(days=9), programme=group)
    hamel = cast.hamel
    actions.hide_from(by=None, now=now, participant=hamel, partner=cast.ours)
    far = timezone.localdate() + timedelta(days=60)
    actions.hold_back(by=None, now=now, participant=hamel, until=far)
    waiting = actions.join_waiting_list(by=None, now=now, participant=hamel, programme=group)
    actions.show_to(by=None, now=now, participant=hamel, partner=cast.ours)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    actions.hold_back(by=None, now=now, participant=hamel, until=None)
    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_a_venue_is_kept_for_victims_and_opened_again(cast: Cast) -> None:
    session = factories.session(cast.ours)
    venue = session.venue
    assert isinstance(venue, Venue)
    now = timezone.now()
    actions.reserve_venue(by=cast.admin, now=now, venue=venue, victims_only=True)
    with pytest.raises(BookingError):
        _book(session, cast.hamel)
    actions.reserve_venue(by=cast.admin, now=now, venue=venue, victims_only=False)
    _book(session, cast.hamel)
    with pytest.raises(NotAllowed):
        actions.reserve_venue(by=cast.stranger, now=now, venue=venue, victims_only=True)
