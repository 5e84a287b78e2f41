"""The same people, sessions and seats, changed by several processes at once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Seat, Session
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def _move(seats: list[Seat], to: list[Session]) -> Runner:
    return lambda n: actions.move_seat(by=None, now=timezone.now(), seat=seats[n], to=to[n])


def _seats_of(seat: Seat) -> list[Seat]:
    return list(Seat.objects.active().filter(participant=seat.participant_id))


def test_one_seat_is_moved_to_one_of_three_places(cast: Cast, rounds: int) -> None:
    seats = [scenes.full(cast.ours, n, waiting=1)[1] for n in range(rounds)]
    targets = [[scenes.evening(cast.ours, rounds + n) for n in range(rounds)] for _ in range(3)]
    told = race(*(_move(seats, to) for to in targets), rounds=rounds)
    for n, seat in enumerate(seats):
        heard = Counter(answers[n] for answers in told)
        assert heard["done"] <= 1
        assert set(heard) <= {"done", "NotActive", "Busy"}
        assert len(_seats_of(seat)) == 1
    assert promises.broken() == []


def test_two_people_are_swapped_once_from_both_sides(cast: Cast, rounds: int) -> None:
    pairs = [[scenes.full(cast.ours, 2 * n + k)[1] for k in range(2)] for n in range(rounds)]

    def swap(one: int, other: int) -> Runner:
        return lambda n: actions.swap_seats(
            by=None, now=timezone.now(), first=pairs[n][one], second=pairs[n][other]
        )

    told = race(swap(0, 1), swap(1, 0), swap(0, 1), swap(1, 0), rounds=rounds)
    for n, (first, second) in enumerate(pairs):
        heard = Counter(answers[n] for answers in told)
        assert heard["done"] == 1
        assert set(heard) <= {"done", "NotActive", "Busy"}
        assert [seat.session_id for seat in _seats_of(first)] == [second.session_id]
        assert [seat.session_id for seat in _seats_of(second)] == [first.session_id]
    assert promises.broken() == []


def test_a_session_moves_to_where_its_people_just_take_a_seat(cast: Cast, rounds: int) -> None:
    seats = [scenes.full(cast.ours, 2 * n)[1] for n in range(rounds)]
    others = [scenes.evening(cast.ours, 2 * n + 1, capacity=3) for n in range(rounds)]
    newcomers = scenes.people(2)

    def move(n: int) -> object:
        return actions.move_session(
            by=None, now=timezone.now(), session=seats[n].session, starts_at=others[n].starts_at
        )

    def book(n: int) -> object:
        return scenes.book(others[n], seats[n].participant)

    def newcomer(who: int) -> Runner:
        return lambda n: scenes.book(others[n], newcomers[who])

    told = race(move, book, newcomer(0), newcomer(1), move, book, rounds=rounds)
    for n in range(rounds):
        moved = "done" in {told[0][n], told[4][n]}
        booked = "done" in {told[1][n], told[5][n]}
        assert not (moved and booked)
    assert promises.broken() == []
    allowed = {"done", "Busy", "CannotCarry", "Overlaps", "AlreadySeated"}
    assert set(flat(told)) <= allowed


def test_two_go_opposite_ways_with_one_place_between_them(cast: Cast, rounds: int) -> None:
    there = [scenes.evening(cast.ours, 2 * n, capacity=2) for n in range(rounds)]
    back = [scenes.evening(cast.ours, 2 * n + 1, capacity=2) for n in range(rounds)]
    goes = [scenes.book(session) for session in there]
    comes = [scenes.book(session) for session in back]
    for session in back:
        scenes.book(session)
    told = race(
        _move(goes, back),
        _move(comes, there),
        _move(goes, back),
        _move(comes, there),
        rounds=rounds,
    )
    assert set(flat(told)) <= {"done", "SessionFull", "NotActive", "Busy"}
    assert [len(_seats_of(seat)) for seat in (*goes, *comes)] == [1] * (2 * rounds)
    assert promises.broken() == []


def test_somebody_is_moved_into_what_is_being_cancelled(cast: Cast, rounds: int) -> None:
    seats = [scenes.full(cast.ours, 2 * n, waiting=1)[1] for n in range(rounds)]
    doomed = [scenes.evening(cast.ours, 2 * n + 1, capacity=2) for n in range(rounds)]
    for session in doomed:
        scenes.book(session)

    def cancel(n: int) -> object:
        return actions.cancel_session(by=None, now=timezone.now(), session=doomed[n])

    told = race(_move(seats, doomed), cancel, _move(seats, doomed), cancel, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionCancelled", "NotActive", "Busy"}
    for n, seat in enumerate(seats):
        cancelled = Seat.objects.filter(participant=seat.participant_id, state="cancelled")
        moved = "done" in {told[0][n], told[2][n]}
        stays = len(_seats_of(seat))
        assert (stays, cancelled.count()) == ((0, 1) if moved and _cancelled(doomed[n]) else (1, 0))
    assert promises.broken() == []


def _cancelled(session: Session) -> bool:
    session.refresh_from_db()
    return session.cancelled


def test_seats_are_taken_away_while_people_sit_down(cast: Cast, rounds: int) -> None:
    sessions = [scenes.full(cast.ours, n, capacity=3)[0] for n in range(rounds)]
    newcomers = scenes.people(2)

    def lower(n: int) -> object:
        return actions.change_seats(by=None, now=timezone.now(), session=sessions[n], capacity=1)

    def book(who: int) -> Runner:
        return lambda n: scenes.book(sessions[n], newcomers[who])

    told = race(lower, book(0), book(1), rounds=rounds)
    for n in range(rounds):
        lowered, *booked = (answers[n] for answers in told)
        assert (lowered, "done" in booked) in {
            ("done", False),
            ("BelowSeated", True),
            ("Busy", True),
            ("Busy", False),
        }
    assert set(flat(told)) <= {"done", "BelowSeated", "SessionFull", "Busy"}
    assert promises.broken() == []


def test_somebody_is_offered_a_seat_where_they_are_being_moved(cast: Cast, rounds: int) -> None:
    """Who waits for an evening is moved there by hand while the place becomes free by itself."""
    full = [scenes.full(cast.ours, 2 * n) for n in range(rounds)]
    seats = [scenes.book(scenes.evening(cast.ours, 2 * n + 1)) for n in range(rounds)]
    for (session, _seat), own in zip(full, seats, strict=True):
        scenes.wait(session, own.participant)

    def release(n: int) -> object:
        return actions.release_seat(by=None, now=timezone.now(), seat=full[n][1])

    def leave(n: int) -> object:
        return actions.release_seat(by=None, now=timezone.now(), seat=seats[n])

    told = race(_move(seats, [one for one, _ in full]), release, leave, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionFull", "AlreadySeated", "NotActive", "Busy"}
    assert promises.broken() == []


def test_times_stay_those_of_the_session(cast: Cast, rounds: int) -> None:
    """A session goes to and fro while people sit down and get up in it."""
    session = scenes.evening(cast.ours, capacity=rounds)
    crowd = scenes.people(rounds)
    starts = [session.starts_at, session.starts_at + timedelta(days=1)]

    def move(first: int) -> Runner:
        return lambda n: actions.move_session(
            by=None, now=timezone.now(), session=session, starts_at=starts[(first + n) % 2]
        )

    def book(n: int) -> object:
        return scenes.book(session, crowd[n])

    told = race(move(0), move(1), book, rounds=rounds)
    # Somebody who sits down meanwhile is carried along: no reason to send anybody away.
    assert set(flat(told)) == {"done"}
    assert promises.broken() == []
