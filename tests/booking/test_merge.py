"""Two records become one, and two again: nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from booking import actions
from booking.actions.merge import merge
from booking.actions.unmerge import unmerge
from booking.errors import Invalid, Merged, NotAllowed, NotPossibleHere, TooMuchForOne
from booking.merging import OWNED, PAIRED, STAYS
from booking.models import (
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    JournalEntry,
    Participant,
    Referral,
    Seat,
    Session,
    TwoPeople,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.queries.taken_in_charge import taken_in_charge
from tests import factories
from tests.booking.seats import past_session, seat, snapshot
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NO_PHONE = {"phone": "", "phone_state": PhoneState.NONE}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def twin(cast: Cast) -> Participant:
    """A second record of the person of the cast."""
    return factories.participant(last_name="Hammel", phone="+33639980073")


def merged(cast: Cast, twin: Participant) -> JournalEntry:
    """Keep the record of the cast, absorb the other."""
    merge(by=cast.coordinator, now=timezone.now(), keep=cast.hamel, absorb=twin)
    cast.hamel.refresh_from_db()
    twin.refresh_from_db()
    return JournalEntry.objects.get(verb=Verb.PEOPLE_MERGED, facts__absorbed=twin.pk)


def undo(entry: JournalEntry, after: timedelta = timedelta(hours=1)) -> Participant:
    return unmerge(by=None, now=entry.at + after, entry=entry)


def test_every_kind_of_row_that_points_at_a_person_is_thought_of() -> None:
    pointing: set[tuple[object, str]] = {
        (relation.related_model, relation.field.name)
        # Hidden ones too: those without a name on this side.
        for relation in Participant._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many
    }
    known: set[tuple[object, str]] = {(model, "participant") for model in OWNED.values()}
    known |= {(model, side) for model in PAIRED for side in ("first", "second")}
    assert {one for one in pointing if one[0] not in STAYS} == known
    assert {one for one in pointing if one[0] in STAYS} == {
        (JournalEntry, "participant"),
        (Participant, "merged_into"),
    }


def test_everything_goes_over_and_the_absorbed_row_stays(cast: Cast, twin: Participant) -> None:
    before = Participant.objects.filter(pk=twin.pk).values().get()
    referral = factories.referral(twin, cast.theirs)
    taken = seat(twin, factories.session(cast.theirs), referral=referral)
    HiddenFrom.objects.create(participant=twin, partner=factories.partner())
    entry = merged(cast, twin)
    for model in OWNED.values():
        assert not model.objects.filter(participant=twin).exists()
    assert entry.facts["moved"] == {
        "referrals": [referral.pk],
        "seats": [taken.pk],
        "hidings": [HiddenFrom.objects.get().pk],
    }
    assert (entry.participant, entry.actor, entry.facts["left"]) == (
        cast.hamel,
        cast.coordinator,
        {},
    )
    after = Participant.objects.filter(pk=twin.pk).values().get()
    assert after == {**before, "merged_into_id": cast.hamel.pk}
    assert Participant.objects.visible_to(cast.stranger).get() == cast.hamel


def test_what_was_missing_is_filled_and_only_names_are_written(
    cast: Cast, twin: Participant
) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(not_before=date(2026, 5, 1), **NO_PHONE)
    Participant.objects.filter(pk=twin.pk).update(
        phone_shared=True,
        texts_refused=True,
        needs_interpreter=True,
        not_before=date(2026, 5, 11),
        language="ta",
    )
    before = snapshot()
    entry = merged(cast, twin)
    kept = cast.hamel
    assert (kept.phone, kept.phone_state, kept.phone_shared) == ("+33639980073", "confirmed", True)
    assert (kept.texts_refused, kept.needs_interpreter, kept.language) == (True, True, "ta")
    assert kept.not_before == date(2026, 5, 11)
    assert set(entry.facts["filled"]) == {
        *("phone", "phone_shared", "texts_refused", "needs_interpreter", "not_before", "language")
    }
    assert entry.facts["not_before_days"] == 10
    assert not any(value in str(entry.facts) for value in ("0073", "2026", "Ham"))
    undo(entry)
    assert snapshot() == before


def test_what_the_kept_record_says_stands_and_a_difference_is_noted(
    cast: Cast, twin: Participant
) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(language="pt")
    entry = merged(cast, twin)
    assert (cast.hamel.phone, cast.hamel.language) == ("+33639980072", "pt")
    assert (entry.facts["filled"], entry.facts["differs"]) == ([], ["phone", "language"])


def test_of_one_number_it_is_kept_what_is_known_of_it(cast: Cast, twin: Participant) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(phone_state="unconfirmed")
    Participant.objects.filter(pk=twin.pk).update(phone=cast.hamel.phone, phone_shared=True)
    entry = merged(cast, twin)
    assert (cast.hamel.phone_state, cast.hamel.phone_shared) == ("confirmed", True)
    assert entry.facts["filled"] == ["phone_state", "phone_shared"]
    undo(entry)
    cast.hamel.refresh_from_db()
    assert (cast.hamel.phone_state, cast.hamel.phone_shared) == ("unconfirmed", False)


def test_past_seats_of_one_hour_stay_with_the_absorbed(cast: Cast, twin: Participant) -> None:
    same, alone = (past_session(cast.ours, days=n) for n in (9, 2))
    here = past_session(cast.ours, days=5)
    elsewhere = past_session(cast.theirs, days=5, minutes=30)
    for session in (same, here):
        seat(cast.hamel, session, state="unexcused")
    left = [seat(twin, session, state="present") for session in (same, elsewhere)]
    moved = seat(twin, alone, state="present")
    entry = merged(cast, twin)
    assert entry.facts["left"] == {"seats": [one.pk for one in left]}
    assert entry.facts["moved"] == {"seats": [moved.pk]}
    assert cast.hamel.seats.get(state="present") == moved


def test_the_same_referral_twice_is_completed_and_what_hangs_on_it_follows(
    cast: Cast, twin: Participant, now: datetime
) -> None:
    deadline = timezone.localdate() + timedelta(days=90)
    other = factories.referral(twin, cast.ours, deadline=deadline, note="Le mardi")
    taken = seat(twin, factories.session(cast.ours), referral=other)
    entry = merged(cast, twin)
    taken.refresh_from_db()
    cast.referral.refresh_from_db()
    assert (taken.participant, taken.referral) == (cast.hamel, cast.referral)
    assert (cast.referral.deadline, cast.referral.note) == (deadline, "Le mardi")
    assert entry.facts["left"] == {"referrals": [other.pk]}
    undo(entry)
    taken.refresh_from_db()
    cast.referral.refresh_from_db()
    assert (taken.participant, taken.referral) == (twin, other)
    assert (cast.referral.deadline, cast.referral.note) == (None, "")


def test_a_finished_course_that_both_took_stays_whole(cast: Cast, twin: Participant) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    days = [past_session(cast.ours, days=n, programme=course) for n in (9, 8)]
    rows = []
    for who, sittings in ((cast.hamel, days[:1]), (twin, days)):
        enrolment = Enrolment.objects.create(programme=course, participant=who)
        rows.append((enrolment, [seat(who, one, enrolment=enrolment) for one in sittings]))
    entry = merged(cast, twin)
    enrolment, seats = rows[1]
    assert entry.facts["left"] == {
        "enrolments": [enrolment.pk],
        "seats": [one.pk for one in seats],
    }


def _same_session(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    seat(other, session)
    return session


def _overlapping(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    seat(other, factories.session(cast.theirs, session.starts_at + timedelta(hours=1)))
    return session


def _waits_for_what_the_other_has(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    WaitingEntry.objects.create(participant=other, session=session, joined_at=timezone.now())
    return session


def _both_wait(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    for who in (one, other):
        WaitingEntry.objects.create(participant=who, session=session, joined_at=timezone.now())
    return session


def _hidden(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    HiddenFrom.objects.create(participant=other, partner=cast.ours)
    return session


def _with_one_to_avoid(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    mate = factories.participant(last_name="Autre")
    seat(mate, session)
    AvoidancePair.objects.create(first=min(other, mate, key=_pk), second=max(other, mate, key=_pk))
    return session


def _too_early(cast: Cast, one: Participant, other: Participant) -> Session:
    session = factories.session(cast.ours)
    seat(one, session)
    day = timezone.localdate(session.starts_at) + timedelta(days=1)
    Participant.objects.filter(pk=other.pk).update(not_before=day)
    return session


def _pk(person: Participant) -> int:
    return person.pk


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "conflict",
    [
        *(_same_session, _overlapping, _waits_for_what_the_other_has, _both_wait),
        *(_hidden, _with_one_to_avoid, _too_early),
    ],
)
def test_what_is_to_come_and_cannot_stand_is_listed_and_nothing_written(
    cast: Cast, twin: Participant, now: datetime, conflict: Any, *, turned: bool
) -> None:
    one, other = (twin, cast.hamel) if turned else (cast.hamel, twin)
    session = conflict(cast, one, other)
    before = snapshot(journal=True)
    with pytest.raises(TooMuchForOne) as refused:
        merge(by=None, now=now, keep=cast.hamel, absorb=twin)
    when = timezone.localtime(session.starts_at)
    assert f"{session.label} {when:%d/%m/%Y %H:%M}" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("Ham", "Autre"))
    assert snapshot(journal=True) == before
    Seat.objects.update(state="released")
    WaitingEntry.objects.update(state="left")
    merge(by=None, now=now, keep=cast.hamel, absorb=twin)


def test_two_enrolments_in_one_programme_are_listed(cast: Cast, twin: Participant) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    session = factories.session(cast.ours, programme=group)
    states = (EnrolmentState.ACTIVE, EnrolmentState.OFFERED)
    for who, state in zip((cast.hamel, twin), states, strict=True):
        enrolment = Enrolment.objects.create(programme=group, participant=who, state=state)
        seat(who, session, enrolment=enrolment)
    with pytest.raises(TooMuchForOne) as refused:
        merged(cast, twin)
    assert [rival.label for rival in refused.value.rivals] == [session.label, group.label]


def test_two_people_who_must_not_meet_are_not_one(cast: Cast, twin: Participant) -> None:
    AvoidancePair.objects.create(first=cast.hamel, second=twin)
    with pytest.raises(NotPossibleHere):
        merged(cast, twin)
    assert not Participant.objects.filter(merged_into__isnull=False).exists()


def test_whom_the_absorbed_must_not_meet_the_kept_must_not_meet(
    cast: Cast, twin: Participant
) -> None:
    mates = [factories.participant(last_name=f"Autre{n}") for n in range(2)]
    for mate in mates:
        AvoidancePair.objects.create(first=twin, second=mate)
    AvoidancePair.objects.create(first=cast.hamel, second=mates[0])
    entry = merged(cast, twin)
    kept = AvoidancePair.objects.filter(first=cast.hamel).values_list("second", flat=True)
    assert set(kept) == {mate.pk for mate in mates}
    # Nothing in one person's history tells that there is a pair.
    assert "pair" not in str(entry.facts)
    assert JournalEntry.objects.get(verb=Verb.SAFETY_CHANGED).participant is None
    assert AvoidancePair.objects.filter(first=twin).count() == 1
    undo(entry)
    assert AvoidancePair.objects.filter(first=twin).count() == 2


def test_records_that_were_told_apart_can_be_merged_all_the_same(
    cast: Cast, twin: Participant
) -> None:
    row = TwoPeople.objects.create(first=cast.hamel, second=twin)
    assert merged(cast, twin).facts["left"] == {"two_people": [row.pk]}


def test_only_the_coordination_merges_two_different_records_that_go_on(
    cast: Cast, twin: Participant, now: datetime
) -> None:
    for nobody in (cast.admin, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            merge(by=nobody, now=now, keep=cast.hamel, absorb=twin)
    with pytest.raises(Invalid):
        merge(by=None, now=now, keep=twin, absorb=twin)
    entry = merged(cast, twin)
    third = factories.participant()
    for keep, absorb in ((cast.hamel, twin), (twin, cast.hamel), (twin, third), (third, twin)):
        with pytest.raises(Merged):
            merge(by=None, now=now, keep=keep, absorb=absorb)
    with pytest.raises(NotAllowed):
        unmerge(by=cast.admin, now=now, entry=entry)
    with pytest.raises(Merged):
        actions.book_seat(by=None, now=now, session=factories.session(cast.ours), participant=twin)


def test_a_merge_is_undone_once_and_within_thirty_days(cast: Cast, twin: Participant) -> None:
    entry = merged(cast, twin)
    with pytest.raises(Invalid):
        undo(entry, after=timedelta(days=30, seconds=1))
    assert undo(entry, after=timedelta(days=30)).merged_into is None
    undone = JournalEntry.objects.get(verb=Verb.MERGE_UNDONE)
    assert (undone.facts["merge"], undone.facts["absorbed"]) == (entry.pk, twin.pk)
    second = merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=twin)
    for no_merge in (entry, undone):
        with pytest.raises(Invalid):
            undo(no_merge)
    assert Participant.objects.get(pk=twin.pk).merged_into == second


def test_merges_one_after_the_other_are_undone_from_the_last(cast: Cast, twin: Participant) -> None:
    third = factories.participant()
    taken = seat(twin, factories.session(cast.ours))
    merge(by=None, now=timezone.now(), keep=third, absorb=twin)
    first = JournalEntry.objects.get(verb=Verb.PEOPLE_MERGED)
    last = merged(cast, third)
    with pytest.raises(Invalid):
        undo(first)
    for entry, owner in ((last, third), (first, twin)):
        undo(entry)
        assert Seat.objects.get(pk=taken.pk).participant == owner


def test_what_was_made_since_stays_unless_it_hangs_on_what_goes_back(
    cast: Cast, twin: Participant
) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    starts = timezone.now() + timedelta(days=20)
    evenings = [factories.session(cast.ours, starts + timedelta(days=n)) for n in range(3)]
    enrolment = Enrolment.objects.create(programme=group, participant=twin)
    seat(twin, evenings[0], enrolment=enrolment)
    entry = merged(cast, twin)
    seat(cast.hamel, evenings[1], enrolment=enrolment)  # The group gained an evening.
    own = seat(cast.hamel, evenings[2])
    new = factories.referral(cast.hamel, cast.theirs)
    undo(entry)
    assert list(cast.hamel.seats.all()) == [own]
    assert set(cast.hamel.referrals.all()) == {cast.referral, new}
    assert twin.seats.filter(enrolment=enrolment).count() == 2


def test_what_was_changed_since_is_not_emptied(cast: Cast, twin: Participant) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(**NO_PHONE)
    Participant.objects.filter(pk=twin.pk).update(language="ta")
    entry = merged(cast, twin)
    Participant.objects.filter(pk=cast.hamel.pk).update(phone="+33639980099", phone_state="wrong")
    undo(entry)
    cast.hamel.refresh_from_db()
    assert (cast.hamel.phone, cast.hamel.phone_state) == ("+33639980099", "wrong")
    assert cast.hamel.language == "fr"
    undone = JournalEntry.objects.get(verb=Verb.MERGE_UNDONE)
    assert undone.facts["emptied"] == ["language"]


def test_once_taken_apart_whoever_waits_and_fits_again_is_offered_the_place(
    cast: Cast, twin: Participant, now: datetime
) -> None:
    session = factories.session(cast.ours, now + timedelta(days=9), capacity=2)
    seat(cast.hamel, session)
    leaving = seat(factories.participant(), session)
    waits = factories.participant()
    AvoidancePair.objects.create(first=twin, second=waits)
    waiting = WaitingEntry.objects.create(participant=waits, session=session, joined_at=now)
    entry = merged(cast, twin)
    actions.release_seat(by=None, now=now, seat=leaving)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    undo(entry)
    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_a_deleted_referral_is_no_obstacle(cast: Cast, twin: Participant) -> None:
    factories.referral(twin, cast.ours, note="Le mardi")
    entry = merged(cast, twin)
    Referral.objects.filter(pk=cast.referral.pk).delete()
    assert undo(entry) == twin


def test_a_record_that_was_merged_is_changed_no_more(cast: Cast) -> None:
    now = timezone.now()
    double = factories.participant()
    actions.merge(by=cast.coordinator, now=now, keep=cast.hamel, absorb=double)
    group = factories.programme(cast.ours)
    calls: list[Callable[[], object]] = [
        lambda: actions.confirm_phone(by=None, now=now, participant=double),
        lambda: actions.hold_back(by=None, now=now, participant=double, until=None),
        lambda: actions.hide_from(by=None, now=now, participant=double, partner=cast.ours),
        lambda: actions.keep_apart(by=None, now=now, first=double, second=factories.participant()),
        lambda: actions.join_waiting_list(by=None, now=now, participant=double, programme=group),
        lambda: actions.book_seat(
            by=None, now=now, session=factories.session(cast.ours), participant=double
        ),
    ]
    for call in calls:
        with pytest.raises(Merged):
            call()


def test_a_person_of_two_records_is_taken_in_charge_once(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, now + timedelta(hours=1))
    double = factories.participant()
    seats = [
        actions.book_seat(by=None, now=now, session=session, participant=person)
        for person in (cast.hamel, double)
    ]
    Seat.objects.filter(pk__in=[seat.pk for seat in seats]).update(state=SeatState.PRESENT)
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1)
    )
    today = timezone.localdate(now - timedelta(hours=3))
    assert taken_in_charge(today, today) == 2
    # Both sat there, so the seat of one of them stays with the record that was merged.
    actions.merge(by=cast.coordinator, now=now, keep=cast.hamel, absorb=double)
    assert taken_in_charge(today, today) == 1
