"""Two records become one between the moment a row is read and the moment its person is locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Busy
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes

pytestmark = pytest.mark.django_db

Prepare = Callable[[Cast], dict[str, Any]]


def _seat(cast: Cast) -> dict[str, Any]:
    return {"seat": scenes.book(scenes.evening(cast.ours), cast.hamel)}


def _seat_and_place(cast: Cast) -> dict[str, Any]:
    return {**_seat(cast), "to": scenes.evening(cast.ours, 1)}


def _two_seats(cast: Cast) -> dict[str, Any]:
    return {"first": _seat(cast)["seat"], "second": scenes.full(cast.ours, 1)[1]}


def _offer(cast: Cast) -> dict[str, Any]:
    return {"waiting_entry": scenes.wait(scenes.evening(cast.ours), cast.hamel)}


def _waiting(cast: Cast) -> dict[str, Any]:
    return {"waiting_entry": scenes.wait(scenes.full(cast.ours)[0], cast.hamel)}


def _moved_up(cast: Cast) -> dict[str, Any]:
    return {**_waiting(cast), "reason": "Sort de prison"}


def _enrolment(cast: Cast) -> dict[str, Any]:
    return {"enrolment": scenes.enrol(scenes.course(cast.ours)[0], cast.hamel)}


def _pair(cast: Cast) -> dict[str, Any]:
    people: dict[str, Any] = {"first": cast.hamel, "second": factories.participant()}
    return {"pair": actions.keep_apart(by=None, now=timezone.now(), **people)}


@pytest.mark.parametrize(
    ("action", "prepare"),
    [
        (actions.release_seat, _seat),
        (actions.move_seat, _seat_and_place),
        (actions.swap_seats, _two_seats),
        (actions.confirm_offer, _offer),
        (actions.decline_offer, _offer),
        (actions.leave_waiting_list, _waiting),
        (actions.move_up, _moved_up),
        (actions.withdraw, _enrolment),
        (actions.let_meet, _pair),
    ],
)
def test_a_row_that_went_to_another_record_is_busy(
    cast: Cast, action: Callable[..., object], prepare: Prepare
) -> None:
    read_before = prepare(cast)
    double = factories.participant()
    actions.merge(by=None, now=timezone.now(), keep=double, absorb=cast.hamel)
    with pytest.raises(Busy):
        action(by=None, now=timezone.now(), **read_before)
    assert promises.broken() == []
