"""Seats at another partner: what an admin may do in a session that is not theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, NotAdvised, NotAllowed, NotPossibleHere, SessionFull, TooLate
from booking.models import (
    Enrolment,
    HiddenFrom,
    JournalEntry,
    Membership,
    Participant,
    Programme,
    Referral,
    Seat,
    Session,
    User,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from booking.models.staff import Role
from booking.queries.deadlines import deadlines_at_risk
from booking.queries.seating_plan import seating_plan
from booking.queries.to_rebook import to_rebook
from booking.queries.waiting import waiting_list
from tests import factories
from tests.booking.slots import slot
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _book(by: User, session: Session, person: Participant, **words: Any) -> Seat:
    return actions.book_seat(
        by=by, now=timezone.now(), session=session, participant=person, **words
    )


def _close(session: Session) -> Session:
    session.open_to_network = False
    session.save(update_fields=["open_to_network"])
    return session


def _group(cast: Cast, days: int = 2) -> tuple[Programme, list[Session]]:
    group = factories.programme(cast.theirs, ProgrammeKind.CLOSED_GROUP)
    start = timezone.now() + timedelta(days=5)
    return group, [
        factories.session(cast.theirs, start + timedelta(days=n), programme=group)
        for n in range(days)
    ]


def test_an_admin_seats_somebody_at_another_partner_who_then_sees_them(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    seat = _book(cast.admin, session, cast.hamel, referral=cast.referral)
    assert (seat.session, seat.referral) == (session, cast.referral)
    assert list(Participant.objects.visible_to(cast.stranger)) == [cast.hamel]
    assert list(Referral.objects.visible_to(cast.stranger)) == []


def test_a_session_that_is_closed_to_the_network_is_its_partners(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    read_before = Session.objects.get(pk=session.pk)
    _close(session)
    for one in (session, read_before):
        with pytest.raises(NotAllowed):
            _book(cast.admin, one, cast.hamel)
        with pytest.raises(NotAllowed):
            actions.join_waiting_list(
                by=cast.admin, now=timezone.now(), participant=cast.hamel, session=one
            )
    assert (Seat.objects.count(), WaitingEntry.objects.count()) == (0, 0)


def test_nobody_but_an_admin_books_elsewhere(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    shared = factories.session(cast.ours, practitioners=[cast.practitioner])
    _book(cast.admin, shared, cast.hamel)
    later = factories.session(cast.theirs, session.starts_at + timedelta(days=1))
    for account in (cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            _book(account, later, cast.hamel)


def test_somebody_whom_the_admin_does_not_know_is_not_seated_elsewhere(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        _book(cast.admin, factories.session(cast.theirs), factories.participant())


def test_nobody_overbooks_at_another_partner(cast: Cast) -> None:
    Membership.objects.filter(user=cast.admin).update(may_overbook=True)
    session = factories.session(cast.theirs, capacity=1, allowance=1)
    _book(cast.coordinator, session, factories.participant())
    with pytest.raises(SessionFull):
        _book(cast.admin, session, cast.hamel)
    with pytest.raises(NotAllowed):
        _book(cast.admin, session, cast.hamel, overbook="demande du juge")


def _somebody_is_near(cast: Cast) -> Session:
    """Hamel's other is at that address half an hour before."""
    session, other = factories.session(cast.theirs), factories.participant()
    actions.keep_apart(by=None, now=timezone.now(), first=cast.hamel, second=other)
    before = factories.session(cast.theirs, session.starts_at - timedelta(hours=2, minutes=30))
    _book(cast.coordinator, before, other)
    return session


def test_the_warning_about_somebodys_safety_is_final_from_outside(cast: Cast) -> None:
    session = _somebody_is_near(cast)
    for anyway in (False, True):
        with pytest.raises(NotAdvised) as told:
            _book(cast.admin, session, cast.hamel, anyway=anyway)
        assert (told.value.passable, str(told.value)) == (False, str(NotAdvised.message))
    with pytest.raises(NotAdvised) as told:
        _book(cast.coordinator, session, cast.hamel)
    assert told.value.passable
    assert _book(cast.coordinator, session, cast.hamel, anyway=True).active


def test_the_warning_is_final_for_a_whole_group_too(cast: Cast) -> None:
    session = _somebody_is_near(cast)
    session.programme = factories.programme(cast.theirs, ProgrammeKind.CLOSED_GROUP)
    session.save(update_fields=["programme"])
    for anyway in (False, True):
        with pytest.raises(NotAdvised) as told:
            _enrol(cast, session.programme, anyway=anyway)
        assert not told.value.passable


def test_somebody_hidden_there_is_refused_as_whoever_must_not_meet_somebody(cast: Cast) -> None:
    session, other = factories.session(cast.theirs), factories.participant()
    actions.keep_apart(by=None, now=timezone.now(), first=cast.hamel, second=other)
    _book(cast.coordinator, session, other)
    said = []
    for _reason in ("somebody sits there", "hidden"):
        with pytest.raises(NotPossibleHere) as told:
            _book(cast.admin, session, cast.hamel, anyway=True)
        said.append((type(told.value), str(told.value)))
        Seat.objects.update(state="released")
        HiddenFrom.objects.get_or_create(participant=cast.hamel, partner=cast.theirs)
    assert said[0] == said[1]


def test_the_referral_is_to_ones_own_partner_and_for_that_very_service(cast: Cast) -> None:
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    another = factories.referral(cast.hamel, cast.ours, service=psychology)
    to_them = factories.referral(cast.hamel, cast.theirs)
    session = factories.session(cast.theirs)
    said = set()
    for referral in (another, to_them, factories.referral(factories.participant(), cast.ours)):
        with pytest.raises(Invalid) as told:
            _book(cast.admin, session, cast.hamel, referral=referral)
        said.add(str(told.value))
    assert len(said) == 1
    assert _book(cast.admin, session, cast.hamel, referral=cast.referral).active


def test_those_at_home_do_not_use_another_partners_referral(cast: Cast) -> None:
    factories.referral(cast.hamel, cast.theirs)
    with pytest.raises(Invalid):
        _book(cast.stranger, factories.session(cast.theirs), cast.hamel, referral=cast.referral)


def test_a_slot_elsewhere_becomes_what_the_mandate_asks(cast: Cast) -> None:
    addiction = factories.service(ServiceFamily.ADDICTION)
    referral = factories.referral(cast.hamel, cast.ours, service=addiction)
    session = slot(cast.theirs, ServiceFamily.PSYCHOLOGY, ServiceFamily.ADDICTION)
    seat = _book(cast.admin, session, cast.hamel, referral=referral)
    assert (seat.session.service, seat.referral) == (addiction, referral)


def test_whoever_took_a_seat_elsewhere_may_give_it_back_and_nobody_else(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    seat = _book(cast.admin, session, cast.hamel)
    colleague = factories.user(Role.ADMIN, cast.ours)
    with pytest.raises(NotAllowed):
        actions.release_seat(by=colleague, now=timezone.now(), seat=seat)
    released = actions.release_seat(by=cast.admin, now=timezone.now(), seat=seat)
    assert released.state == "released"


def test_a_seat_that_the_partner_took_is_not_given_back_from_outside(cast: Cast) -> None:
    seat = _book(cast.coordinator, factories.session(cast.theirs), cast.hamel)
    with pytest.raises(NotAllowed):
        actions.release_seat(by=cast.admin, now=timezone.now(), seat=seat)


def test_an_account_that_lost_its_partner_gives_nothing_back(cast: Cast) -> None:
    seat = _book(cast.admin, factories.session(cast.theirs), cast.hamel)
    Membership.objects.filter(user=cast.admin).delete()
    with pytest.raises(NotAllowed):
        actions.release_seat(by=User.objects.get(pk=cast.admin.pk), now=timezone.now(), seat=seat)


def _enrol(cast: Cast, group: Programme, **words: Any) -> Enrolment:
    return actions.enrol(
        by=cast.admin,
        now=timezone.now(),
        programme=group,
        participant=cast.hamel,
        **words,
    )


def test_somebody_is_enrolled_in_another_partners_group_and_withdrawn(cast: Cast) -> None:
    group, _days = _group(cast)
    enrolment = _enrol(cast, group, referral=cast.referral)
    assert Seat.objects.filter(enrolment=enrolment, state="booked").count() == 2
    colleague = factories.user(Role.ADMIN, cast.ours)
    with pytest.raises(NotAllowed):
        actions.withdraw(by=colleague, now=timezone.now(), enrolment=enrolment)
    done = actions.withdraw(by=cast.admin, now=timezone.now(), enrolment=enrolment)
    assert done.state == "withdrawn"


def test_the_way_back_from_another_partners_group_ends_when_it_starts(cast: Cast) -> None:
    group, [first, _second] = _group(cast)
    enrolment = _enrol(cast, group)
    with time_machine.travel(first.starts_at, tick=False):
        with pytest.raises(TooLate):
            actions.withdraw(by=cast.admin, now=timezone.now(), enrolment=enrolment)
        done = actions.withdraw(by=cast.stranger, now=timezone.now(), enrolment=enrolment)
    assert done.state == "withdrawn"


def test_a_first_sitting_that_was_cancelled_is_no_start(cast: Cast) -> None:
    group, [first, _second] = _group(cast)
    enrolment = _enrol(cast, group)
    actions.cancel_session(by=None, now=timezone.now(), session=first)
    with time_machine.travel(first.ends_at, tick=False):
        done = actions.withdraw(by=cast.admin, now=timezone.now(), enrolment=enrolment)
    assert done.state == "withdrawn"


def _wait(cast: Cast, *, full: bool) -> WaitingEntry:
    now = timezone.now()
    session = factories.session(cast.theirs, now + timedelta(days=5), capacity=1)
    if full:
        _book(cast.coordinator, session, factories.participant())
    return actions.join_waiting_list(
        by=cast.admin, now=now, session=session, participant=cast.hamel
    )


def test_whoever_put_somebody_on_a_list_elsewhere_takes_them_off_and_nobody_else(
    cast: Cast,
) -> None:
    entry, now = _wait(cast, full=True), timezone.now()
    colleague = factories.user(Role.ADMIN, cast.ours)
    with pytest.raises(NotAllowed):
        actions.leave_waiting_list(by=colleague, now=now, waiting_entry=entry)
    left = actions.leave_waiting_list(by=cast.admin, now=now, waiting_entry=entry)
    assert left.state == "left"
    assert JournalEntry.objects.get(verb=Verb.WAITING_LEFT).facts["outside"] is True


def test_what_they_are_offered_there_may_be_declined_from_outside(cast: Cast) -> None:
    entry, now = _wait(cast, full=False), timezone.now()
    assert entry.state == "offered"
    colleague = factories.user(Role.ADMIN, cast.ours)
    with pytest.raises(NotAllowed):
        actions.decline_offer(by=colleague, now=now, waiting_entry=entry)
    declined = actions.decline_offer(by=cast.admin, now=now, waiting_entry=entry)
    assert declined.state == "declined"
    done = JournalEntry.objects.filter(verb__in=(Verb.OFFER_DECLINED, Verb.SEAT_RELEASED))
    assert [one.facts["outside"] for one in done] == [True, True]


def test_whom_the_partner_put_on_its_list_is_not_taken_off_from_outside(cast: Cast) -> None:
    session = factories.session(cast.theirs, capacity=1)
    _book(cast.coordinator, session, factories.participant())
    words: dict[str, Any] = {"now": timezone.now()}
    entry = actions.join_waiting_list(by=None, session=session, participant=cast.hamel, **words)
    with pytest.raises(NotAllowed):
        actions.leave_waiting_list(by=cast.admin, waiting_entry=entry, **words)


def test_one_evening_that_is_closed_closes_the_group(cast: Cast) -> None:
    group, days = _group(cast)
    _close(days[1])
    with pytest.raises(NotAllowed):
        _enrol(cast, group)
    with pytest.raises(NotAllowed):
        actions.join_waiting_list(
            by=cast.admin, now=timezone.now(), participant=cast.hamel, programme=group
        )
    with pytest.raises(NotAllowed):
        _enrol(cast, factories.programme(cast.theirs, ProgrammeKind.CLOSED_GROUP))
    assert Enrolment.objects.count() == 0


def test_somebody_waits_elsewhere_with_the_mandates_deadline(cast: Cast) -> None:
    session = factories.session(cast.theirs, timezone.now() + timedelta(days=5), capacity=1)
    first = _book(cast.coordinator, session, factories.participant())
    other = factories.participant()
    earlier = actions.join_waiting_list(
        by=None, now=timezone.now(), participant=other, session=session
    )
    day = timezone.localdate() + timedelta(days=60)
    Referral.objects.filter(pk=cast.referral.pk).update(deadline=day)
    entry = actions.join_waiting_list(
        by=cast.admin, now=timezone.now(), participant=cast.hamel, session=session
    )
    assert (entry.referral, entry.state) == (cast.referral, "waiting")
    actions.release_seat(by=None, now=timezone.now(), seat=first)
    entry.refresh_from_db()
    earlier.refresh_from_db()
    assert (entry.state, earlier.state) == ("offered", "waiting")
    # Now they know the person: not since when, nor until when, they are sent to us.
    for account, deadline in ((cast.stranger, None), (cast.coordinator, day)):
        shown = waiting_list(session, account).people
        assert [one.deadline for one in shown if one.entry == entry] == [deadline]


def test_a_referral_to_the_other_partner_is_not_found_out_by_waiting_there(cast: Cast) -> None:
    Referral.objects.all().delete()
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    factories.referral(cast.hamel, cast.ours, service=psychology)
    factories.referral(cast.hamel, cast.theirs)
    session = factories.session(cast.theirs)
    entry = actions.join_waiting_list(
        by=cast.admin,
        now=timezone.now(),
        participant=cast.hamel,
        session=session,
        although_known=True,
    )
    assert entry.referral is None


def test_the_other_partners_journal_does_not_name_who_acted_from_outside(
    cast: Cast, client: Client
) -> None:
    session = factories.session(cast.theirs)
    seat = _book(cast.admin, session, cast.hamel, referral=cast.referral)
    actions.release_seat(by=cast.admin, now=timezone.now(), seat=seat)
    facts = [entry.facts for entry in JournalEntry.objects.filter(session=session, seat=seat)]
    assert facts == [
        {"number": 1, "state": "released", "outside": True},
        {"number": 1, "state": "booked", "outside": True},
    ]
    named = [
        [entry.actor for entry in seating_plan(session, account).journal]
        for account in (cast.stranger, cast.coordinator)
    ]
    assert named == [[None, None, None], [cast.admin, cast.admin, None]]
    client.force_login(cast.stranger)
    page = client.get(reverse("session", args=[session.pk])).content.decode()
    assert "Hamel" in page
    assert cast.admin.name not in page
    assert cast.ours.name not in page


def test_every_entry_of_what_is_done_from_outside_is_marked(cast: Cast) -> None:
    group, [first, _second] = _group(cast)
    actions.withdraw(by=cast.admin, now=timezone.now(), enrolment=_enrol(cast, group))
    actions.join_waiting_list(
        by=cast.admin, now=timezone.now(), participant=cast.hamel, programme=group
    )
    by_them = JournalEntry.objects.filter(actor=cast.admin)
    assert by_them.count() == 7
    assert {entry.verb for entry in by_them if not entry.facts.get("outside")} == set()
    assert first.partner == cast.theirs


def test_at_home_nothing_is_marked(cast: Cast) -> None:
    _book(cast.admin, factories.session(cast.ours), cast.hamel)
    assert JournalEntry.objects.get(verb=Verb.SEAT_BOOKED).facts == {
        "number": 1,
        "state": "booked",
    }


def test_the_same_request_twice_takes_one_seat_elsewhere(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    seats = [_book(cast.admin, session, cast.hamel, key="k") for _n in range(2)]
    assert seats[0] == seats[1]
    assert Seat.objects.count() == 1


@pytest.mark.parametrize("state", ["booked", "present", "unexcused"])
def test_an_answer_given_again_does_not_say_who_came(cast: Cast, state: str) -> None:
    session = factories.session(cast.theirs)
    seat = _book(cast.admin, session, cast.hamel, key="k")
    Seat.objects.filter(pk=seat.pk).update(state=state)
    with time_machine.travel(session.ends_at, tick=False), pytest.raises(NotAllowed):
        _book(cast.admin, session, cast.hamel, key="k")


def test_nor_who_was_excused_beforehand(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    seat = _book(cast.admin, session, cast.hamel, key="k")
    Seat.objects.filter(pk=seat.pk).update(state="excused")
    with pytest.raises(NotAllowed):
        _book(cast.admin, session, cast.hamel, key="k")


def test_those_at_home_are_answered_again_after_the_session(cast: Cast) -> None:
    session = factories.session(cast.ours)
    seat = _book(cast.admin, session, cast.hamel, key="k")
    Seat.objects.filter(pk=seat.pk).update(state="present")
    with time_machine.travel(session.ends_at, tick=False):
        assert _book(cast.admin, session, cast.hamel, key="k").state == "present"


def test_whoever_sits_there_is_not_heard_of(cast: Cast) -> None:
    """Full, and everybody in it is somebody whom Hamel must not meet: the words are those for any
    full session."""
    session = factories.session(cast.theirs, capacity=1)
    other = factories.participant(last_name="Zzyzx")
    actions.keep_apart(by=None, now=timezone.now(), first=cast.hamel, second=other)
    _book(cast.coordinator, session, other)
    with pytest.raises(SessionFull) as told:
        _book(cast.admin, session, cast.hamel)
    assert str(told.value) == str(SessionFull.message)


def _with_deadline(cast: Cast) -> Referral:
    cast.referral.deadline = timezone.localdate() + timedelta(days=30)
    cast.referral.save(update_fields=["deadline"])
    return cast.referral


def test_a_mandate_is_met_by_the_seat_that_was_taken_for_it_elsewhere(cast: Cast) -> None:
    referral, now = _with_deadline(cast), timezone.now()
    session = factories.session(cast.theirs, now + timedelta(days=5))
    seat = _book(cast.admin, session, cast.hamel)
    assert [one.referral for one in deadlines_at_risk(cast.admin, now)] == [referral]
    actions.release_seat(by=cast.admin, now=now, seat=seat)
    _book(cast.admin, session, cast.hamel, referral=referral)
    assert deadlines_at_risk(cast.admin, now) == []


def test_a_mandate_is_met_by_an_enrolment_elsewhere(cast: Cast) -> None:
    referral, now = _with_deadline(cast), timezone.now()
    group, _days = _group(cast)
    _enrol(cast, group, referral=referral)
    assert deadlines_at_risk(cast.admin, now) == []


def test_whoever_waits_elsewhere_for_the_mandate_has_a_place_in_the_list(cast: Cast) -> None:
    _with_deadline(cast)
    now = timezone.now()
    session = factories.session(cast.theirs, now + timedelta(days=5), capacity=1)
    _book(cast.coordinator, session, factories.participant())
    actions.join_waiting_list(by=cast.admin, now=now, participant=cast.hamel, session=session)
    [risk] = deadlines_at_risk(cast.admin, now)
    assert risk.position == 1


def test_a_seat_elsewhere_for_the_same_referral_is_a_new_date(cast: Cast) -> None:
    now = timezone.now()
    lost = factories.session(cast.ours, now + timedelta(days=5))
    other = factories.session(cast.theirs, now + timedelta(days=6))
    _book(cast.admin, lost, cast.hamel, referral=cast.referral)
    actions.cancel_session(by=cast.admin, now=now, session=lost)
    first = _book(cast.admin, other, cast.hamel)
    assert len(to_rebook(cast.admin, now)) == 1
    actions.release_seat(by=cast.admin, now=now, seat=first)
    _book(cast.admin, other, cast.hamel, referral=cast.referral)
    assert to_rebook(cast.admin, now) == []


def test_a_seat_that_is_moved_to_another_partner_still_serves_its_mandate(cast: Cast) -> None:
    seat = _book(cast.admin, factories.session(cast.ours), cast.hamel, referral=cast.referral)
    there = factories.session(cast.theirs, seat.starts_at + timedelta(days=1))
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    other = factories.session(cast.theirs, seat.starts_at + timedelta(days=2), service=psychology)
    moved = actions.move_seat(by=cast.coordinator, now=timezone.now(), seat=seat, to=there)
    assert moved.referral == cast.referral
    moved = actions.move_seat(by=cast.coordinator, now=timezone.now(), seat=moved, to=other)
    # At the same partner: whoever moves somebody there decides.
    assert moved.referral == cast.referral
