"""Two lead together while others sit down, move and lead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Assignment, Practitioner, Session
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def _slots(cast: Cast, who: Practitioner, rounds: int) -> list[Session]:
    return [scenes.evening(cast.ours, n, practitioners=[who]) for n in range(rounds)]


def _together(cast: Cast, sessions: list[Session], other: Practitioner) -> Runner:
    return lambda n: actions.lead_together(
        by=None,
        now=timezone.now(),
        session=sessions[n],
        practitioners=[cast.practitioner, other],
    )


def test_the_slot_that_gives_way_is_taken_at_that_moment(cast: Cast, rounds: int) -> None:
    other = factories.practitioner(cast.ours)
    ours, theirs = _slots(cast, cast.practitioner, rounds), _slots(cast, other, rounds)

    def sit_down(n: int) -> object:
        return scenes.book(theirs[n], cast.hamel)

    told = race(_together(cast, ours, other), sit_down, rounds=rounds)
    assert {tuple(answers) for answers in zip(*told, strict=True)} <= {
        ("done", "SessionCancelled"),
        ("PractitionerBusy", "done"),
        ("Busy", "done"),
    }
    for n, answer in enumerate(told[0]):
        leaders = Assignment.objects.filter(session=ours[n], active=True).count()
        state = Session.objects.get(pk=theirs[n].pk).state
        assert (leaders, state) == ((2, "discarded") if answer == "done" else (1, "planned"))
    assert promises.broken() == []


def test_each_slot_is_to_be_led_together_and_the_other_to_give_way(cast: Cast, rounds: int) -> None:
    other = factories.practitioner(cast.ours)
    ours, theirs = _slots(cast, cast.practitioner, rounds), _slots(cast, other, rounds)
    told = race(_together(cast, ours, other), _together(cast, theirs, other), rounds=rounds)
    assert sorted(flat(told)) == sorted(["done", "SessionCancelled"] * rounds)
    assert Session.objects.filter(state="planned").count() == rounds
    assert promises.broken() == []


def test_the_session_moves_and_somebody_opens_another_meanwhile(cast: Cast, rounds: int) -> None:
    other = factories.practitioner(cast.ours)
    ours, theirs = _slots(cast, cast.practitioner, rounds), _slots(cast, other, rounds)

    def move(n: int) -> object:
        start = ours[n].starts_at + timedelta(hours=1)
        return actions.move_session(by=None, now=timezone.now(), session=ours[n], starts_at=start)

    def open_after(n: int) -> object:
        start = theirs[n].ends_at
        return factories.session(cast.ours, start, capacity=1, practitioners=[other])

    told = race(_together(cast, ours, other), move, open_after, rounds=rounds)
    assert set(flat(told)) <= {"done", "PractitionerBusy", "Busy"}
    assert promises.broken() == []
