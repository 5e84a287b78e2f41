"""`has_room` follows the seats without anybody's help: these processes write seats past the actions
and their locks."""

from __future__ import annotations

import pytest
from django.db.models import F

from booking.locking import writing
from booking.models import Seat, Session
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)

_SEATS = 3


def _sit(sessions: list[Session], number: int, person: int) -> Runner:
    """In each round one more of those who fill its session."""

    def sit(n: int) -> None:
        session = sessions[n]
        with writing():
            Seat.objects.create(
                session=session,
                participant_id=person,
                number=number,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )

    return sit


def _evenings(cast: Cast, rounds: int) -> list[Session]:
    return [scenes.evening(cast.ours, day, capacity=_SEATS) for day in range(rounds)]


def test_a_session_is_full_when_everybody_sat_down_at_once(cast: Cast, rounds: int) -> None:
    sessions = _evenings(cast, rounds)
    who = [factories.participant().pk for _ in range(_SEATS)]
    told = race(*(_sit(sessions, n + 1, who[n]) for n in range(_SEATS)), rounds=rounds)
    assert flat(told) == ["done"] * _SEATS * rounds
    assert set(Session.objects.values_list("has_room", flat=True)) == {False}
    assert promises.broken() == []


def test_people_get_up_and_chairs_go_while_others_sit_down(cast: Cast, rounds: int) -> None:
    sessions = _evenings(cast, rounds)
    elsewhere = [scenes.evening(cast.ours, rounds + day, capacity=2) for day in range(rounds)]
    who = [factories.participant().pk for _ in range(5)]
    for n in range(rounds):
        for number in (0, 1):
            _sit(sessions, number + 1, who[number])(n)

    def get_up(n: int) -> object:
        return Seat.objects.filter(session=sessions[n], number=1).update(state="released")

    def leave(n: int) -> object:
        there = elsewhere[n]
        times = {"starts_at": there.starts_at, "ends_at": there.ends_at}
        return Seat.objects.filter(session=sessions[n], number=2).update(session=there, **times)

    def take_a_chair(n: int) -> object:
        return Session.objects.filter(pk=sessions[n].pk).update(capacity=F("capacity") - 1)

    def save_what_is_stale(n: int) -> None:
        sessions[n].has_room = not sessions[n].has_room
        sessions[n].save(update_fields=["has_room", "label"])

    sitting = _sit(sessions, 3, who[2])
    told = race(get_up, sitting, save_what_is_stale, take_a_chair, leave, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionFull"}
    assert promises.broken(lowered=True) == []
