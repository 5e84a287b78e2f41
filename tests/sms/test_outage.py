"""The worker is off for a day and some: what is still true leaves once, what is stale is a task."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from booking import actions
from booking.models import Seat
from sms import tasks
from sms.dispatch import dispatch_due
from sms.models import Step, Text, TextState
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db

#: Two days of sessions; everybody was summoned on the Monday before.
DAYS = ("2026-03-18", "2026-03-19")
HOURS = ("07:30", "10:00", "14:00", "18:00")
#: Just before the eve's reminders of the first day, for 26 hours.
OFF_AT = paris("2026-03-17 08:30")
BACK_AT = OFF_AT + timedelta(hours=26)


@pytest.fixture
def seats(cast: Cast, twilio: StandIn) -> list[Seat]:
    """Two days of seats. On Monday at 8:30, just before the eve's reminders of Tuesday, the worker
    stops; the summons have left."""
    made = []
    for day in DAYS:
        for hour in HOURS:
            session = factories.session(cast.ours, paris(f"{day} {hour}"))
            made += [book(cast, session, factories.participant()) for _ in range(2)]
    dispatch_due()
    assert Text.objects.filter(state=TextState.SENT).count() == len(made)
    return made


def back(moment: datetime) -> None:
    """The worker is there again, and runs what a minute's clock starts, several times."""
    with time_machine.travel(moment, tick=False):
        for _ in range(3):
            tasks.dispatch_due()
            tasks.sweep()


def reminders(day: str) -> list[tuple[str, str]]:
    """What became of the eve's reminders of this day, by hour."""
    texts = Text.objects.filter(step=Step.DAY1, seat__starts_at__date=day)
    return [
        (f"{text.seat.starts_at.astimezone(factories.PARIS):%H:%M}", text.state)
        for text in texts.select_related("seat").order_by("seat__starts_at", "pk")
    ]


def twice(*states: tuple[str, str]) -> list[tuple[str, str]]:
    return [one for one in states for _ in range(2)]


def test_after_a_day_what_is_true_leaves_once_and_what_is_stale_is_a_task(
    cast: Cast, seats: list[Seat], twilio: StandIn
) -> None:
    back(BACK_AT)  # Wednesday at 10:30: the morning's sessions have begun.
    assert reminders(DAYS[0]) == twice(
        ("07:30", "expired"), ("10:00", "expired"), ("14:00", "sent"), ("18:00", "sent")
    )
    assert {state for _hour, state in reminders(DAYS[1])} == {"sent"}
    assert not Text.objects.filter(state__in=("claimed", "uncertain")).exists()
    assert max(twilio.per_number().values()) == 2  # The summons, and one reminder.
    assert not _after_their_start()


def test_a_restart_at_night_waits_for_the_morning(
    cast: Cast, seats: list[Seat], twilio: StandIn
) -> None:
    """At 22:00 nothing leaves; what starts before 8:00 is a call, while there is time for one."""
    night, morning = paris("2026-03-18 22:00"), paris("2026-03-19 08:00")
    before = len(twilio.accepted)
    back(night)
    assert len(twilio.accepted) == before
    assert reminders(DAYS[1]) == twice(
        ("07:30", "expired"), ("10:00", "planned"), ("14:00", "planned"), ("18:00", "planned")
    )
    early = [seat.pk for seat in seats if seat.starts_at == paris("2026-03-19 07:30")]
    assert untold_seats(night, night + timedelta(days=1)) == early
    waiting = Text.objects.filter(state=TextState.PLANNED, step=Step.DAY1)
    assert set(waiting.values_list("due_at", flat=True)) == {morning}
    back(morning)
    assert reminders(DAYS[1])[2:] == twice(("10:00", "sent"), ("14:00", "sent"), ("18:00", "sent"))
    assert all("aujourd'hui" in one["Body"] for one in twilio.accepted[before:])
    assert not _after_their_start()


def test_what_changed_meanwhile_is_told_as_it_is_now(
    cast: Cast, seats: list[Seat], twilio: StandIn
) -> None:
    """Cancelled while the worker was off: one cancellation, and no reminder."""
    evening = next(s for s in seats if s.starts_at == paris("2026-03-19 18:00")).session
    at = OFF_AT + timedelta(hours=6)
    with time_machine.travel(at, tick=False):
        actions.cancel_session(by=None, now=at, session=evening)
    back(BACK_AT)
    theirs = Text.objects.filter(seat__session=evening)
    left = theirs.filter(state=TextState.SENT).values_list("step", flat=True)
    assert sorted(left) == ["cancelled", "cancelled", "summons", "summons"]
    assert {state for hour, state in reminders(DAYS[1]) if hour == "18:00"} == {"void"}


def test_a_month_later_nothing_leaves_any_more(
    cast: Cast, seats: list[Seat], twilio: StandIn
) -> None:
    before = len(twilio.accepted)
    back(NOW + timedelta(days=30))
    assert len(twilio.accepted) == before
    assert set(Text.objects.values_list("state", flat=True)) == {"sent", "expired"}


def _after_their_start() -> bool:
    sent = Text.objects.filter(sent_at__isnull=False).select_related("seat")
    return any(text.sent_at >= text.seat.starts_at for text in sent if text.sent_at)
