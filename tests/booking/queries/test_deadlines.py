from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking.models import AvoidancePair, HiddenFrom, Participant, Partner
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.queries.deadlines import AtRisk, Reason, deadlines_at_risk
from tests import factories
from tests.booking.queries import rows
from tests.booking.slots import slot
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db

DEADLINE = date(2026, 12, 12)
SOON = paris("2026-12-01 18:00")
LATE = paris("2026-12-15 18:00")
OVER = paris("2026-11-10 18:00")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        yield


def _sent(
    to: Partner,
    deadline: date = DEADLINE,
    family: ServiceFamily = ServiceFamily.GROUP,
    **fields: Any,
) -> Participant:
    person = factories.participant(**fields)
    service = factories.service(family)
    since = date(2026, 10, 1)
    factories.referral(person, to, service=service, deadline=deadline, referred_on=since)
    return person


def _risks(cast: Cast, **words: Any) -> list[AtRisk]:
    return deadlines_at_risk(cast.admin, timezone.now(), **words)


def _reasons(cast: Cast) -> list[Reason]:
    return [risk.reason for risk in _risks(cast)]


def test_nobody_is_at_risk_without_a_deadline(cast: Cast) -> None:
    assert _reasons(cast) == []


def test_nothing_planned_before_the_deadline_is_a_risk(cast: Cast) -> None:
    _sent(cast.ours)
    rows.bare(cast.ours, LATE)
    [risk] = _risks(cast)
    assert (risk.reason, risk.days_left, risk.elsewhere, risk.waits) == (
        *(Reason.NOTHING, 19, False, False),
    )


def test_the_deadlines_own_day_counts_as_paris_counts_days(cast: Cast) -> None:
    _sent(cast.ours)
    late = rows.bare(cast.ours, paris("2026-12-13 00:15"))
    assert _reasons(cast) == [Reason.NOTHING]
    rows.bare(cast.ours, paris("2026-12-12 23:30"))
    assert (late.starts_at.date(), _reasons(cast)) == (date(2026, 12, 13), [])


def test_a_full_session_is_a_risk_and_one_free_seat_is_none(cast: Cast) -> None:
    _sent(cast.ours)
    session = rows.full(rows.bare(cast.ours, SOON))
    assert _reasons(cast) == [Reason.FULL]
    session.seats.filter(number=1).update(state=SeatState.RELEASED)
    assert _reasons(cast) == []


@pytest.mark.parametrize(
    ("start", "state", "reasons"),
    [
        (SOON, SeatState.BOOKED, []),
        (OVER, SeatState.PRESENT, []),
        (OVER, SeatState.BOOKED, []),
        (OVER, SeatState.UNEXCUSED, [Reason.NOTHING]),
        (SOON, SeatState.HELD, [Reason.OFFERED]),
        (SOON, SeatState.RELEASED, []),
        (LATE, SeatState.BOOKED, [Reason.AFTER]),
        (LATE, SeatState.HELD, [Reason.NOTHING]),
    ],
)
def test_a_seat_is_safe_by_its_state_and_day(
    cast: Cast, start: Any, state: SeatState, reasons: list[Reason]
) -> None:
    person = _sent(cast.ours)
    rows.seat(rows.bare(cast.ours, start), person, state)
    assert _reasons(cast) == reasons


@pytest.mark.parametrize(
    ("last", "state", "reasons"),
    [
        (SOON, SeatState.BOOKED, []),
        (LATE, SeatState.BOOKED, [Reason.AFTER]),
        (SOON, SeatState.HELD, [Reason.OFFERED]),
        (SOON, SeatState.UNEXCUSED, [Reason.MISSED]),
        (LATE, SeatState.PRESENT, []),
    ],
)
def test_a_course_is_safe_when_its_last_day_is_in_time(
    cast: Cast, last: Any, state: SeatState, reasons: list[Reason]
) -> None:
    person = _sent(cast.ours, family=ServiceFamily.COURSE)
    made = rows.course(cast.ours, SOON - timedelta(days=2), last)
    rows.enrolled(made, person, state)
    assert _reasons(cast) == reasons


def test_a_course_with_one_full_day_has_no_room(cast: Cast) -> None:
    _sent(cast.ours, family=ServiceFamily.COURSE)
    made = rows.course(cast.ours, SOON, SOON + timedelta(days=1))
    assert _reasons(cast) == []
    last = made.sessions.latest("starts_at")
    rows.full(last)
    assert _reasons(cast) == [Reason.FULL]


def test_a_day_of_a_course_is_no_place_by_itself(cast: Cast) -> None:
    person = _sent(cast.ours, family=ServiceFamily.COURSE)
    made = rows.course(cast.ours, SOON, LATE)
    rows.seat(made.sessions.earliest("starts_at"), person)
    assert _reasons(cast) == [Reason.NOTHING]


@pytest.mark.parametrize(
    ("kind", "late_joining", "reasons"),
    [
        (ProgrammeKind.CLOSED_GROUP, False, [Reason.NOTHING]),
        (ProgrammeKind.CLOSED_GROUP, True, []),
        (ProgrammeKind.OPEN_GROUP, False, []),
    ],
)
def test_a_group_that_began_is_a_place_where_it_may_be_joined(
    cast: Cast, kind: ProgrammeKind, late_joining: bool, reasons: list[Reason]
) -> None:
    _sent(cast.ours)
    rows.series(cast.ours, OVER, SOON, kind=kind, late_joining=late_joining)
    assert _reasons(cast) == reasons


@pytest.mark.parametrize("not_before", [date(2026, 12, 2), date(2026, 12, 20)])
def test_a_release_that_comes_too_late_is_the_reason(cast: Cast, not_before: date) -> None:
    _sent(cast.ours, not_before=not_before)
    rows.bare(cast.ours, SOON)
    [risk] = _risks(cast)
    assert (risk.reason, risk.cannot_come_before) == (Reason.CANNOT_COME, not_before)


def test_what_overlaps_another_seat_or_is_kept_for_victims_does_not_suit(cast: Cast) -> None:
    person = _sent(cast.ours)
    rows.bare(cast.ours, SOON)
    rows.bare(
        cast.ours, OVER + timedelta(days=30), venue=factories.venue(cast.ours, victims_only=True)
    )
    assert _reasons(cast) == []
    elsewhere = rows.bare(
        cast.theirs, SOON + timedelta(hours=1), service=factories.service(ServiceFamily.PSYCHOLOGY)
    )
    rows.seat(elsewhere, person)
    assert _reasons(cast) == [Reason.UNFIT]


def test_somebody_not_to_be_met_reads_like_any_other_obstacle(cast: Cast) -> None:
    person, other = _sent(cast.ours), factories.participant()
    rows.seat(rows.bare(cast.ours, SOON), other)
    AvoidancePair.objects.create(
        first_id=min(person.pk, other.pk), second_id=max(person.pk, other.pk)
    )
    assert _reasons(cast) == [Reason.UNFIT]


def test_another_partner_with_room_is_told_as_a_yes(cast: Cast) -> None:
    _sent(cast.ours)
    session = rows.bare(cast.theirs, SOON)
    assert [risk.elsewhere for risk in _risks(cast)] == [True]
    rows.full(session)
    assert [risk.elsewhere for risk in _risks(cast)] == [False]


def test_whom_a_person_is_hidden_from_or_must_not_meet_is_not_told_by_elsewhere(
    cast: Cast,
) -> None:
    hidden, apart, nobody = _sent(cast.ours), _sent(cast.ours), factories.participant()
    rows.seat(rows.bare(cast.theirs, SOON), nobody)
    HiddenFrom.objects.create(participant=hidden, partner=cast.theirs)
    AvoidancePair.objects.create(first=apart, second=nobody)
    told = [(risk.reason, risk.elsewhere) for risk in _risks(cast)]
    assert told == [(Reason.NOTHING, True), (Reason.NOTHING, True)]


def test_a_room_kept_for_victims_is_no_room_elsewhere(cast: Cast) -> None:
    _sent(cast.ours)
    rows.bare(cast.theirs, SOON, venue=factories.venue(cast.theirs, victims_only=True))
    assert [risk.elsewhere for risk in _risks(cast)] == [False]


@pytest.mark.parametrize(
    ("kind", "late_joining", "position"),
    [
        (ProgrammeKind.COURSE, False, None),
        (ProgrammeKind.CLOSED_GROUP, False, None),
        (ProgrammeKind.CLOSED_GROUP, True, 1),
        (ProgrammeKind.OPEN_GROUP, False, 1),
    ],
)
def test_who_waits_for_what_has_begun_does_not_wait(
    cast: Cast, kind: ProgrammeKind, late_joining: bool, position: int | None
) -> None:
    family = ServiceFamily.COURSE if kind == ProgrammeKind.COURSE else ServiceFamily.GROUP
    person = _sent(cast.ours, family=family)
    made = rows.series(cast.ours, OVER, SOON, kind=kind, late_joining=late_joining)
    rows.full(made.sessions.latest("starts_at"))
    rows.waits(made, person)
    assert [risk.position for risk in _risks(cast)] == [position]


def test_who_waits_for_a_session_that_is_over_does_not_wait(cast: Cast) -> None:
    person = _sent(cast.ours)
    rows.waits(rows.bare(cast.ours, OVER), person)
    assert [risk.waits for risk in _risks(cast)] == [False]
    rows.waits(rows.full(rows.bare(cast.ours, SOON)), person)
    assert [risk.reason for risk in _risks(cast)] == [Reason.WAITING]


def test_who_waits_for_a_programme_that_has_no_session_yet_waits(cast: Cast) -> None:
    person = _sent(cast.ours)
    rows.waits(factories.programme(cast.ours), person)
    assert [risk.position for risk in _risks(cast)] == [1]


def test_a_place_in_the_list_is_counted_in_the_one_order(cast: Cast) -> None:
    session = rows.full(rows.bare(cast.ours, SOON))
    first, second = _sent(cast.ours), _sent(cast.ours)
    rows.waits(session, second)
    rows.waits(session, first, lift=1)
    rows.waits(session, factories.participant(), WaitingState.LEFT, lift=2)
    told = {risk.participant: (risk.reason, risk.position) for risk in _risks(cast)}
    assert told == {first: (Reason.WAITING, 1), second: (Reason.WAITING, 2)}


def test_a_deadline_that_passed_unmet_is_shown_for_thirty_days(cast: Cast) -> None:
    for day in (date(2026, 11, 22), date(2026, 10, 24), date(2026, 10, 23)):
        _sent(cast.ours, day)
    told = [(risk.reason, risk.days_left) for risk in _risks(cast)]
    assert told == [(Reason.PASSED, -30), (Reason.PASSED, -1)]


def test_what_was_attended_before_the_referral_does_not_meet_it(cast: Cast) -> None:
    person = _sent(cast.ours)
    rows.seat(rows.bare(cast.ours, paris("2026-09-30 18:00")), person, SeatState.PRESENT)
    assert _reasons(cast) == [Reason.NOTHING]


def test_a_cancelled_session_is_no_place(cast: Cast) -> None:
    person = _sent(cast.ours)
    session = rows.bare(cast.ours, SOON, state="cancelled")
    rows.seat(session, person, SeatState.CANCELLED)
    assert _reasons(cast) == [Reason.NOTHING]


def test_each_sees_their_own_and_a_partner_may_be_chosen(cast: Cast) -> None:
    _sent(cast.ours)
    staff = (cast.coordinator, cast.admin, cast.doctor, cast.stranger, cast.observer)
    now = timezone.now()
    assert [len(deadlines_at_risk(one, now)) for one in staff] == [1, 1, 0, 0, 0]
    chosen = [deadlines_at_risk(cast.coordinator, now, partner=p) for p in (cast.ours, cast.theirs)]
    assert [len(risks) for risks in chosen] == [1, 0]


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_person_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = rows.full(rows.bare(cast.ours, SOON, capacity=1))
    for n in range(people):
        rows.waits(session, _sent(cast.ours, DEADLINE + timedelta(days=n)))
    # Memberships; referrals, their partners, their services; what enrols as a whole, sessions;
    # who is hidden, pairs, where those sit; seats, waiting lists.
    with django_assert_num_queries(11):
        assert len(_risks(cast)) == people


def test_an_empty_slot_is_a_place_for_each_of_its_services(cast: Cast) -> None:
    _sent(cast.ours, family=ServiceFamily.ADDICTION)
    session = slot(
        cast.ours, ServiceFamily.PSYCHOLOGY, ServiceFamily.ADDICTION, starts_at=SOON, capacity=2
    )
    assert _reasons(cast) == []
    rows.seat(session, factories.participant())
    assert _reasons(cast) == [Reason.NOTHING]
