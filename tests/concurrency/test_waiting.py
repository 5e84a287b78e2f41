"""Six processes and a waiting list: at the end nobody waits beside a free place."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.models import JournalEntry, Programme, Seat, Session, WaitingEntry
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def _tick(_round: int) -> object:
    """The clock, two days on: every offer that is open by then is over."""
    return actions.serve_waiting_lists(now=timezone.now() + timedelta(hours=49))


def _release(seats: list[Seat]) -> Runner:
    return lambda n: actions.release_seat(by=None, now=timezone.now(), seat=seats[n])


def test_people_leave_and_join_while_the_clock_goes_round(cast: Cast, rounds: int) -> None:
    group = factories.programme(cast.ours)
    evenings = [scenes.evening(cast.ours, n, capacity=2 * rounds, programme=group) for n in (0, 1)]
    seats = [[scenes.book(evening) for _ in range(2 * rounds)] for evening in evenings]
    crowd = scenes.people(12)

    lists: list[Programme | Session] = [group, *evenings]

    def join(first: int) -> Runner:
        return lambda n: scenes.wait(lists[n % 3], crowd[(first + 3 * n) % 12])

    leavers = [_release(some) for some in seats]
    told = race(*leavers, join(0), join(1), join(2), _tick, rounds=rounds)
    assert promises.broken() == []
    assert set(flat(told[:2])) <= {"done", "Busy"}
    assert set(flat(told[2:5])) <= {"done", "Busy", "AlreadyWaiting", "AlreadySeated"}


def test_an_offer_is_confirmed_declined_or_over_and_only_one_of_them(
    cast: Cast, rounds: int
) -> None:
    offers = [scenes.wait(scenes.evening(cast.ours, day)) for day in range(rounds)]
    ends = [timezone.now() + timedelta(hours=10 + n) for n in range(rounds)]
    for offer, end in zip(offers, ends, strict=True):
        WaitingEntry.objects.filter(pk=offer.pk).update(held_until=end)

    def yes(n: int) -> object:
        return actions.confirm_offer(by=None, now=timezone.now(), waiting_entry=offers[n])

    def no(n: int) -> object:
        return actions.decline_offer(by=None, now=timezone.now(), waiting_entry=offers[n])

    def over(n: int) -> object:
        return actions.serve_waiting_lists(now=ends[n])

    told = race(yes, no, over, yes, no, over, rounds=rounds)
    answers = [told[0], told[1], told[3], told[4]]
    won = {"offer_confirmed": "seated", "offer_declined": "declined", "offer_lapsed": "lapsed"}
    for n, offer in enumerate(offers):
        offer.refresh_from_db()
        entries = JournalEntry.objects.filter(verb__in=won, facts__waiting=offer.pk)
        assert [won[entry.verb] for entry in entries] == [offer.state]
        heard = Counter(one[n] for one in answers)
        assert heard["done"] == (offer.state != "lapsed")
        assert set(heard) <= {"done", "OfferOver", "Busy"}
    assert promises.broken() == []


def test_somebody_joins_at_the_moment_the_last_seat_is_released(cast: Cast, rounds: int) -> None:
    rounds *= 5
    full = [scenes.full(cast.ours, day) for day in range(rounds)]
    crowd = scenes.people(12)

    def join(first: int) -> Runner:
        return lambda n: scenes.wait(full[n][0], crowd[(first + 3 * n) % 12])

    def book(n: int) -> object:
        return scenes.book(full[n][0], crowd[3 * n % 12])

    seats = [seat for _session, seat in full]
    told = race(_release(seats), join(0), join(1), join(2), book, rounds=rounds)
    assert promises.broken() == []
    for n, (session, _seat) in enumerate(full):
        freed = told[0][n] == "done"
        assert Seat.objects.active().filter(session=session).count() == 1, (n, freed)
    assert set(flat(told)) <= {"done", "Busy", "SessionFull", "AlreadySeated", "AlreadyWaiting"}


def test_whole_programmes_change_hands_and_nobody_has_a_part_of_one(
    cast: Cast, rounds: int
) -> None:
    courses = [scenes.course(cast.ours, day=2 * n, capacity=2)[0] for n in range(rounds)]
    enrolled = [[scenes.enrol(course) for _ in range(2)] for course in courses]
    for course in courses[::2]:
        scenes.wait(course)
    newcomers = scenes.people(4)

    def withdraw(which: int) -> Runner:
        return lambda n: actions.withdraw(by=None, now=timezone.now(), enrolment=enrolled[n][which])

    def enrol(who: int) -> Runner:
        return lambda n: scenes.enrol(courses[n], newcomers[who])

    def wait(who: int) -> Runner:
        return lambda n: scenes.wait(courses[n], newcomers[who])

    told = race(withdraw(0), withdraw(1), enrol(0), enrol(1), wait(2), wait(3), rounds=rounds)
    assert promises.broken() == []
    assert set(flat(told[:2])) <= {"done", "Busy"}
    assert set(flat(told[2:])) <= {"done", "Busy", "SessionFull", "AlreadyEnrolled"}


def test_two_evenings_free_a_seat_for_one_who_waits_for_the_group(cast: Cast, rounds: int) -> None:
    groups = [factories.programme(cast.ours) for _ in range(rounds)]
    full = [
        [scenes.full(cast.ours, 2 * n + day, programme=group)[1] for day in range(2)]
        for n, group in enumerate(groups)
    ]
    entries = [scenes.wait(group) for group in groups]
    told = race(
        _release([first for first, _second in full]),
        _release([second for _first, second in full]),
        lambda _n: actions.serve_waiting_lists(now=timezone.now()),
        rounds=rounds,
    )
    assert set(flat(told)) <= {"done", "Busy"}
    for n, entry in enumerate(entries):
        offered = Seat.objects.filter(participant=entry.participant_id, state="held")
        assert offered.count() == ("done" in {told[0][n], told[1][n]})
    assert promises.broken() == []
