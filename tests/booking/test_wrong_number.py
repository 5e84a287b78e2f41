from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, Merged, NotAllowed
from booking.models import JournalEntry, Participant, User
from booking.models.person import PhoneState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def report(person: Participant, by: User | None = None) -> Participant:
    return actions.report_wrong_number(by=by, now=timezone.now(), participant=person)


def wrong() -> set[int]:
    return set(
        Participant.objects.filter(phone_state=PhoneState.WRONG).values_list("pk", flat=True)
    )


def test_every_record_with_the_number_is_wrong_and_no_other(cast: Cast) -> None:
    theirs = factories.participant(phone=cast.hamel.phone, phone_state=PhoneState.UNCONFIRMED)
    merged = factories.participant(phone=cast.hamel.phone)
    actions.merge(by=None, now=timezone.now(), keep=theirs, absorb=merged)
    factories.participant()
    assert report(cast.hamel, cast.admin).phone_state == PhoneState.WRONG
    assert wrong() == {cast.hamel.pk, theirs.pk, merged.pk}
    assert cast.hamel.phone != ""


def test_each_record_has_its_own_entry_and_none_names_another(cast: Cast) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    report(cast.hamel, cast.admin)
    entries = JournalEntry.objects.filter(verb="phone_wrong")
    said = {(one.participant_id, one.actor_id, str(one.facts)) for one in entries}
    assert said == {(pk, cast.admin.pk, "{}") for pk in (cast.hamel.pk, other.pk)}


def test_only_what_was_not_wrong_yet_is_noted(cast: Cast) -> None:
    report(cast.hamel)
    late = factories.participant(phone=cast.hamel.phone)
    report(cast.hamel)
    report(cast.hamel)
    entries = JournalEntry.objects.filter(verb="phone_wrong").order_by("pk")
    assert [one.participant_id for one in entries] == [cast.hamel.pk, late.pk]


def test_one_must_know_the_one_that_is_reported(cast: Cast) -> None:
    theirs = factories.participant(phone=cast.hamel.phone)
    factories.referral(theirs, cast.theirs)
    with pytest.raises(NotAllowed):
        report(theirs, cast.admin)
    assert wrong() == set()
    report(cast.hamel, cast.admin)
    assert wrong() == {cast.hamel.pk, theirs.pk}


def test_a_record_without_a_number_or_merged_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        report(factories.participant(phone="", phone_state=PhoneState.NONE))
    double = factories.participant()
    actions.merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=double)
    with pytest.raises(Merged):
        report(double)


@pytest.mark.parametrize("others", [0, 2])
def test_as_many_queries_for_one_record_as_for_three(cast: Cast, others: int) -> None:
    for _ in range(others):
        factories.participant(phone=cast.hamel.phone)
    with CaptureQueriesContext(connection) as captured:
        report(cast.hamel)
    # The lock of the number is PostgreSQL's alone.
    assert len(captured) == 9 + (connection.vendor == "postgresql")
