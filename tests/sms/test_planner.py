from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.models import Enrolment, Participant, Seat
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from sms.models import Step, Text, TextState
from sms.planner import Changes, reconcile
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db


def planned(seat: Seat | None = None) -> list[tuple[str, datetime]]:
    texts = Text.objects.filter(state=TextState.PLANNED)
    if seat is not None:
        texts = texts.filter(seat=seat)
    return [(text.step, text.due_at) for text in texts.order_by("due_at", "pk")]


def enrolled(cast: Cast, *starts: str, kind: ProgrammeKind = ProgrammeKind.COURSE) -> Enrolment:
    programme = factories.programme(cast.ours, kind)
    for start in starts:
        factories.session(cast.ours, paris(start), programme=programme)
    return actions.enrol(
        by=None, now=NOW, programme=programme, participant=cast.hamel, referral=cast.referral
    )


def test_a_seat_booked_early_gets_a_summons_and_two_reminders(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    assert planned() == [
        ("summons", NOW),
        ("day7", paris("2026-04-07 09:00")),
        ("day1", paris("2026-04-13 09:00")),
    ]
    start = seat.session.starts_at
    ends = dict(Text.objects.values_list("step", "expires_at"))
    assert ends == {"summons": start, "day7": paris("2026-04-13 09:00"), "day1": start}


@pytest.mark.parametrize(
    ("start", "steps"),
    [
        ("2026-03-26 08:00", ["summons", "day7", "day1"]),
        ("2026-03-25 18:00", ["summons", "day1"]),
        ("2026-03-18 18:00", ["summons", "day1"]),
        ("2026-03-17 18:00", ["summons"]),
        ("2026-03-16 10:01", ["summons"]),
    ],
)
def test_a_reminder_whose_time_is_past_is_never_planned(
    cast: Cast, start: str, steps: list[str]
) -> None:
    book(cast, factories.session(cast.ours, paris(start)))
    assert [step for step, _ in planned()] == steps


def test_reminders_stay_at_nine_across_the_clock_change(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-03-29 14:00")))
    assert planned()[-1] == ("day1", paris("2026-03-28 09:00"))
    assert planned()[-1][1].isoformat() == "2026-03-28T08:00:00+00:00"


@pytest.mark.parametrize(
    "facts",
    [
        {"phone_state": PhoneState.UNCONFIRMED},
        {"phone_state": PhoneState.WRONG},
        {"phone": "", "phone_state": PhoneState.NONE},
        {"phone": "+33199000012"},
        {"texts_refused": True},
    ],
)
def test_nobody_gets_a_text_who_cannot_or_will_not(cast: Cast, facts: dict[str, object]) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(**facts)
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    assert not Text.objects.exists()


def test_a_number_confirmed_later_gets_what_is_still_ahead(cast: Cast) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(phone_state=PhoneState.UNCONFIRMED)
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    later = paris("2026-04-08 11:00")
    with time_machine.travel(later, tick=False):
        actions.confirm_phone(by=None, now=later, participant=cast.hamel)
    assert planned() == [("summons", later), ("day1", paris("2026-04-13 09:00"))]


def test_a_refusal_voids_what_waits_and_taking_it_back_plans_it_anew(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    Participant.objects.filter(pk=cast.hamel.pk).update(texts_refused=True)
    assert reconcile([seat.pk], NOW) == Changes(added=0, voided=3)
    Participant.objects.filter(pk=cast.hamel.pk).update(texts_refused=False)
    assert reconcile([seat.pk], NOW) == Changes(added=3, voided=0, due=True)
    assert Text.objects.filter(state=TextState.VOID).count() == 3


def test_reconciling_again_changes_nothing(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    before = list(Text.objects.order_by("pk").values())
    assert reconcile([seat.pk], NOW) == Changes()
    assert reconcile([seat.pk], paris("2026-04-13 12:00")) == Changes()
    assert list(Text.objects.order_by("pk").values()) == before


def test_a_released_seat_voids_its_texts_without_a_word(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.SENT)
    actions.release_seat(by=None, now=NOW, seat=seat)
    states = sorted(Text.objects.values_list("step", "state"))
    assert states == [("day1", "void"), ("day7", "void"), ("summons", "sent")]


@pytest.mark.parametrize("state", [TextState.CLAIMED, TextState.SENT, TextState.UNCERTAIN])
def test_a_cancellation_is_held_five_minutes(cast: Cast, state: TextState) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    seat = book(cast, session)
    Text.objects.filter(step=Step.SUMMONS).update(state=state, to="+33639980072")
    actions.cancel_session(by=None, now=NOW, session=session)
    assert planned(seat) == [("cancelled", paris("2026-03-16 10:05"))]
    assert Text.objects.get(step=Step.CANCELLED).revision == 1


@pytest.mark.parametrize("state", [TextState.PLANNED, TextState.FAILED, TextState.CLAIMED])
def test_who_was_never_summoned_is_not_told_of_a_cancellation(cast: Cast, state: TextState) -> None:
    """One that is only claimed sees the cancellation before it leaves."""
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    book(cast, session)
    Text.objects.filter(step=Step.SUMMONS).update(state=state)
    actions.cancel_session(by=None, now=NOW, session=session)
    waiting = Text.objects.exclude(step=Step.SUMMONS)
    assert set(waiting.values_list("step", "state")) == {("day1", "void"), ("day7", "void")}


def test_a_cancellation_minutes_before_the_start_is_for_a_call(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-03-16 10:04"))
    book(cast, session)
    Text.objects.update(state=TextState.SENT)
    actions.cancel_session(by=None, now=NOW, session=session)
    assert planned() == []


def test_an_enrolment_gets_one_summons_and_a_reminder_for_each_sitting(cast: Cast) -> None:
    enrolment = enrolled(cast, "2026-04-16 09:00", "2026-04-17 09:00")
    first, second = enrolment.seats.order_by("starts_at")
    assert planned(first) == [
        ("summons", NOW),
        ("day7", paris("2026-04-09 09:00")),
        ("day1", paris("2026-04-15 09:00")),
    ]
    assert planned(second) == [("day1", paris("2026-04-16 09:00"))]


def test_the_summons_of_an_enrolment_moves_when_its_first_sitting_is_cancelled(
    cast: Cast,
) -> None:
    enrolment = enrolled(cast, "2026-04-16 09:00", "2026-04-17 09:00")
    first, second = enrolment.seats.order_by("starts_at")
    actions.cancel_session(by=None, now=NOW, session=first.session)
    assert planned(first) == []
    assert [step for step, _ in planned(second)] == ["summons", "day7", "day1"]


def test_a_later_sitting_cancelled_after_the_summons_is_told(cast: Cast) -> None:
    enrolment = enrolled(cast, "2026-04-16 09:00", "2026-04-17 09:00")
    first, second = enrolment.seats.order_by("starts_at")
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.DELIVERED)
    actions.cancel_session(by=None, now=NOW, session=second.session)
    assert planned(second) == [("cancelled", paris("2026-03-16 10:05"))]
    assert [step for step, _ in planned(first)] == ["day7", "day1"]


def test_withdrawing_voids_every_sitting(cast: Cast) -> None:
    enrolment = enrolled(
        cast, "2026-04-16 09:00", "2026-04-23 09:00", kind=ProgrammeKind.CLOSED_GROUP
    )
    actions.withdraw(by=None, now=NOW, enrolment=enrolment)
    assert planned() == []


def test_history_never_plans_a_text(cast: Cast) -> None:
    actions.record_history(
        by=None,
        now=NOW,
        referral=cast.referral,
        starts_at=paris("2026-03-10 18:00"),
        label="Groupe",
    )
    assert reconcile(Seat.objects.values_list("pk", flat=True), NOW) == Changes()


@pytest.mark.parametrize("sittings", [1, 3])
def test_reconciling_costs_five_queries_whatever_the_number(cast: Cast, sittings: int) -> None:
    starts = [f"2026-04-{day} 09:00" for day in (14, 15, 16)][:sittings]
    enrolment = enrolled(cast, *starts)
    Text.objects.filter(step=Step.SUMMONS).delete()
    Text.objects.update(revision=7)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        changes = reconcile(enrolment.seats.values_list("pk", flat=True), NOW)
    assert (changes.voided, changes.added) == (sittings + 1, sittings + 2)
    assert len(queries) == 6  # The sixth reads the ids that this test hands in.


@pytest.mark.parametrize("people", [1, 3])
def test_an_action_pays_a_constant_number_of_queries_for_its_texts(cast: Cast, people: int) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    for _ in range(people):
        book(cast, session, factories.participant())
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.SENT)
    with CaptureQueriesContext(connection) as queries:
        actions.cancel_session(by=None, now=NOW, session=session)
    about_texts = [query for query in queries if "sms_text" in query["sql"]]
    assert len(about_texts) == 4
    assert Text.objects.filter(step=Step.CANCELLED).count() == people
