from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks

from booking import actions
from booking.actions.merge import merge
from booking.actions.unmerge import unmerge
from booking.models import JournalEntry, Participant, Seat
from booking.models.person import PhoneState
from sms import tasks
from sms.models import Step, Text
from sms.planner import Changes, reconcile
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book


@pytest.mark.django_db
def test_a_refused_seat_leaves_no_text(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    with transaction.atomic():
        book(cast, session)
        assert Text.objects.count() == 2 + 1
        transaction.set_rollback(True)
    assert (Seat.objects.count(), Text.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_somebody_s_number_changes_only_their_coming_seats(cast: Cast) -> None:
    other = factories.participant(phone_state=PhoneState.UNCONFIRMED)
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    Participant.objects.filter(pk=cast.hamel.pk).update(phone_state=PhoneState.UNCONFIRMED)
    seat = book(cast, session)
    book(cast, session, other)
    actions.confirm_phone(by=None, now=NOW, participant=cast.hamel)
    assert set(Text.objects.values_list("seat", flat=True)) == {seat.pk}


@pytest.mark.django_db
def test_a_refusal_found_by_an_import_voids_what_waits(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    person = cast.hamel
    actions.register_participant(
        by=None,
        now=NOW,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        texts_refused=True,
    )
    assert set(Text.objects.values_list("state", flat=True)) == {"void"}


@pytest.mark.django_db
def test_the_doorbell_rings_once_and_only_when_something_is_due(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sessions = [factories.session(cast.ours, paris(f"2026-04-{day} 18:00")) for day in (14, 15)]
    with django_capture_on_commit_callbacks() as callbacks:
        for session in sessions:
            book(cast, session)
    assert callbacks == [tasks.ring]
    Text.objects.filter(step=Step.SUMMONS).update(state="sent")
    with django_capture_on_commit_callbacks() as callbacks:
        actions.cancel_session(by=None, now=NOW, session=sessions[0])
    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_is_a_task_that_carries_nothing(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    [queued] = OrmQ.objects.all()
    assert (queued.task["func"], queued.task["args"], queued.task["kwargs"]) == (
        "sms.tasks.dispatch_due",
        (),
        {},
    )


@pytest.mark.django_db(transaction=True)
def test_in_a_rush_the_bell_rings_once_and_again_after_the_texts_left(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    for _ in range(3):
        book(cast, session, factories.participant())
    assert OrmQ.objects.count() == 1
    Text.objects.filter(step=Step.SUMMONS).update(state="sent")
    book(cast, session)
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db
def test_a_new_seat_s_texts_are_written_without_looking_for_older_ones(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    with CaptureQueriesContext(connection) as queries:
        seat = book(cast, session)
    asked = [query["sql"].split(maxsplit=1)[0] for query in queries if "sms_text" in query["sql"]]
    # The rules; the texts; whether the bell has rung.
    assert asked == ["SELECT", "INSERT", "SELECT"]
    assert reconcile([seat.pk], NOW) == Changes()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_fails_breaks_no_action(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no queue")

    monkeypatch.setattr(tasks, "async_task", refuse)
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    assert seat.texts.count() == 3
    assert "no queue" in caplog.text


@pytest.mark.django_db
def test_what_the_signal_missed_the_sweep_finds(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    book(cast, session)
    Text.objects.all().delete()
    assert tasks.sweep() == {"seats": 1, "added": 3, "voided": 0}
    assert tasks.sweep() == {"seats": 1, "added": 0, "voided": 0}
    with time_machine.travel(session.starts_at + timedelta(seconds=1), tick=False):
        assert tasks.sweep() == {"seats": 0, "added": 0, "voided": 0}


@pytest.mark.django_db
def test_texts_follow_a_merge_and_its_undoing(cast: Cast) -> None:
    refuses = factories.participant(texts_refused=True)
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    evening = factories.session(cast.ours, paris("2026-04-16 18:00"))
    mine, theirs = book(cast, session), book(cast, evening, refuses)
    assert set(Text.objects.values_list("seat", "state")) == {(mine.pk, "planned")}
    merge(by=None, now=NOW, keep=cast.hamel, absorb=refuses)
    # What one record knows holds for both: no text any more.
    assert set(Text.objects.values_list("state", flat=True)) == {"void"}
    entry = JournalEntry.objects.get(verb="people_merged")
    unmerge(by=None, now=NOW, entry=entry)
    assert set(Text.objects.filter(state="planned").values_list("seat", flat=True)) == {mine.pk}
    assert not theirs.texts.exists()


@pytest.mark.django_db
def test_the_absorbed_record_is_texted_again_once_taken_apart(cast: Cast) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(texts_refused=True)
    other = factories.participant()
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")), other)
    merge(by=None, now=NOW, keep=cast.hamel, absorb=other)
    assert set(seat.texts.values_list("state", flat=True)) == {"void"}
    unmerge(by=None, now=NOW, entry=JournalEntry.objects.get(verb="people_merged"))
    assert seat.texts.filter(state="planned").count() == 3
