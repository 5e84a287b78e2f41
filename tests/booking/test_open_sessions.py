from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions
from booking.actions.open_sessions import OpenedSessions
from booking.errors import (
    Busy,
    CannotCarry,
    Invalid,
    NotAllowed,
    NotPossibleHere,
    PractitionerBusy,
)
from booking.holding import Held, hold
from booking.models import (
    Assignment,
    JournalEntry,
    Participant,
    Programme,
    Purpose,
    Seat,
    Session,
    WaitingEntry,
)
from booking.models.language import Language
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes

pytestmark = pytest.mark.django_db


def _days(count: int, *, of: int = 7, first: int = 3, hour: int = 0) -> list[datetime]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour)
    return [start + timedelta(days=first + of * n) for n in range(count)]


def _open(cast: Cast, starts: list[datetime], **fields: Any) -> OpenedSessions:
    values: dict[str, Any] = {
        "by": None,
        "service": factories.service(),
        "venue": cast.venue,
        "label": "Groupe B",
        "minutes": 120,
        "capacity": 8,
        **fields,
    }
    return actions.open_sessions(now=timezone.now(), partner=cast.ours, starts=starts, **values)


def _group(cast: Cast, *people: Participant, **fields: Any) -> tuple[Programme, Session]:
    """A closed group that meets in a day or two, and who is enrolled."""
    made = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    first = factories.session(
        cast.ours, timezone.now() + timedelta(days=2), programme=made, **fields
    )
    for person in people:
        scenes.enrol(made, person)
    return made, first


def _reasons(done: OpenedSessions) -> list[tuple[datetime, str]]:
    return [(one.starts_at, one.reason) for one in done.refused]


def test_each_start_is_a_session_with_its_leader_and_its_entry(cast: Cast) -> None:
    starts = _days(3)
    done = _open(cast, starts, practitioners=[cast.practitioner], by=cast.admin)
    assert [(one.starts_at, one.ends_at) for one in done.opened] == [
        (start, start + timedelta(hours=2)) for start in starts
    ]
    assert done.refused == ()
    assert list(Session.objects.values_list("pk", flat=True)) == [one.pk for one in done.opened]
    led = Assignment.objects.order_by("session").values_list("session", "starts_at", "active")
    assert list(led) == [(one.pk, one.starts_at, True) for one in done.opened]
    entries = JournalEntry.objects.order_by("pk")
    assert list(entries.values_list("verb", "session", "actor")) == [
        ("session_opened", one.pk, cast.admin.pk) for one in done.opened
    ]


def test_one_and_many_are_the_same_row(cast: Cast) -> None:
    [start] = _days(1)
    purpose = Purpose.objects.create(key="x")
    purpose.services.add(factories.service())
    fields: dict[str, Any] = {
        "service": factories.service(),
        "venue": cast.venue,
        "label": "Groupe B",
        "capacity": 8,
        "allowance": 1,
        "pause_minutes": 10,
        "purpose": purpose,
        "language": Language.ENGLISH,
        "interpreter": Language.TAMIL,
        "open_to_network": False,
    }
    [many] = _open(cast, [start], **fields).opened
    one = actions.open_session(
        by=None,
        now=timezone.now(),
        partner=cast.ours,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        **fields,
    )
    own = {"id", "uid", "changed_at"}
    columns = [f.attname for f in Session._meta.concrete_fields if f.attname not in own]
    first, second = Session.objects.values(*columns)
    assert first == second
    assert (many.interpreter, one.interpreter) == ("ta", "ta")
    told = JournalEntry.objects.filter(verb="session_opened").values_list("facts", flat=True)
    assert told[0] == told[1]


def test_a_busy_practitioner_does_not_stop_the_other_dates(cast: Cast) -> None:
    starts = _days(3)
    taken = starts[1] - timedelta(hours=1)
    factories.session(cast.ours, taken, practitioners=[cast.practitioner])
    done = _open(cast, starts, practitioners=[cast.practitioner])
    assert [one.starts_at for one in done.opened] == [starts[0], starts[2]]
    assert _reasons(done) == [(starts[1], "PractitionerBusy")]
    assert done.refused[0].message == str(PractitionerBusy.message)


def test_two_starts_that_overlap_get_in_each_others_way(cast: Cast) -> None:
    [first] = _days(1)
    starts = [first, first + timedelta(hours=1), first + timedelta(hours=2), first]
    done = _open(cast, starts, practitioners=[cast.practitioner])
    assert [one.starts_at for one in done.opened] == [first, first + timedelta(hours=2)]
    assert [one.reason for one in done.refused] == ["PractitionerBusy"] * 2
    # Nobody leads: nobody is busy.
    assert len(_open(cast, starts).opened) == len(starts)


def test_one_busy_of_two_is_enough(cast: Cast) -> None:
    starts = _days(2)
    other = factories.practitioner(cast.ours)
    factories.session(cast.ours, starts[0], practitioners=[other])
    done = _open(cast, starts, practitioners=[cast.practitioner, other])
    assert _reasons(done) == [(starts[0], "PractitionerBusy")]


def test_a_course_counts_what_this_call_opened_before(cast: Cast) -> None:
    """Six hours a day, and a month (Code pénal R131-36)."""
    service = factories.service(ServiceFamily.COURSE)
    course = factories.programme(cast.ours, ProgrammeKind.COURSE, service=service)
    morning = factories.paris("2027-03-10 09:00")
    starts = [
        morning,
        morning + timedelta(hours=4),
        morning + timedelta(days=40),
        morning + timedelta(days=20),
    ]
    done = _open(cast, starts, programme=course, service=service, minutes=240)
    assert [one.starts_at for one in done.opened] == [starts[0], starts[3]]
    assert _reasons(done) == [(starts[1], "Invalid"), (starts[2], "Invalid")]


def test_who_is_enrolled_sits_in_every_date(cast: Cast) -> None:
    other = factories.participant()
    group, _first = _group(cast, cast.hamel, other)
    done = _open(cast, _days(2), programme=group)
    for session in done.opened:
        seats = Seat.objects.filter(session=session).order_by("number")
        assert list(seats.values_list("number", "participant", "state")) == [
            (1, cast.hamel.pk, "booked"),
            (2, other.pk, "booked"),
        ]
    told = JournalEntry.objects.filter(session__in=[one.pk for one in done.opened])
    verbs = list(told.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["session_opened", "seat_booked", "seat_booked"] * 2


def test_a_date_on_which_somebody_could_not_come_is_refused_and_names_nobody(cast: Cast) -> None:
    group, _first = _group(cast, factories.participant(), cast.hamel)
    starts = _days(3)
    scenes.book(factories.session(cast.theirs, starts[1]), cast.hamel)
    done = _open(cast, starts, programme=group)
    assert [one.starts_at for one in done.opened] == [starts[0], starts[2]]
    assert _reasons(done) == [(starts[1], "CannotCarry")]
    assert done.refused[0].message == "Tous les inscrits ne pourraient pas suivre."
    assert Seat.objects.filter(session__programme=group).count() == 2 * 3


def test_two_dates_at_once_of_one_group_are_one_too_many(cast: Cast) -> None:
    group, _first = _group(cast, cast.hamel)
    [start] = _days(1)
    done = _open(cast, [start, start + timedelta(hours=1)], programme=group)
    assert _reasons(done) == [(start + timedelta(hours=1), "CannotCarry")]


def test_a_date_that_was_refused_is_in_nobodys_way(cast: Cast) -> None:
    """One enrolled person is elsewhere at the first hour; the other is not kept there meanwhile."""
    group, _first = _group(cast, factories.participant(), cast.hamel)
    [start] = _days(1)
    taken = factories.session(cast.theirs, start, ends_at=start + timedelta(hours=1))
    scenes.book(taken, cast.hamel)
    done = _open(cast, [start, start + timedelta(hours=1)], programme=group)
    assert [one.starts_at for one in done.opened] == [start + timedelta(hours=1)]


@pytest.mark.parametrize("anyway", [False, True])
def test_a_date_near_somebody_whom_one_must_not_meet_is_warned_about(
    cast: Cast, *, anyway: bool
) -> None:
    group, _first = _group(cast, cast.hamel)
    mate, starts = factories.participant(), _days(2)
    scenes.book(factories.session(cast.ours, starts[1] + timedelta(hours=2)), mate)
    actions.keep_apart(by=None, now=timezone.now(), first=cast.hamel, second=mate)
    done = _open(cast, starts, programme=group, anyway=anyway, by=cast.admin)
    assert _reasons(done) == ([] if anyway else [(starts[1], "NotAdvised")])


def test_a_date_that_has_begun_is_no_date_for_people(cast: Cast) -> None:
    group, _first = _group(cast, cast.hamel)
    begun = timezone.now() - timedelta(minutes=5)
    starts = [begun, *_days(1)]
    assert _reasons(_open(cast, starts, programme=group)) == [(begun, "TooLate")]


def test_a_partner_is_not_told_of_whom_it_must_not_know(cast: Cast) -> None:
    group, _first = _group(cast, cast.hamel)
    actions.hide_from(by=None, now=timezone.now(), participant=cast.hamel, partner=cast.ours)
    done = _open(cast, _days(1), programme=group, by=cast.admin)
    assert [(one.reason, one.message) for one in done.refused] == [
        ("NotPossibleHere", str(NotPossibleHere.message))
    ]


def test_whoever_waits_for_the_group_is_offered_one_of_the_dates(cast: Cast) -> None:
    group = factories.programme(cast.ours)
    scenes.wait(group, cast.hamel)
    first, _second = _open(cast, _days(2), programme=group).opened
    entry = WaitingEntry.objects.get()
    assert entry.state == "offered"
    assert entry.seat is not None
    assert entry.seat.session_id == first.pk


def test_an_offer_that_is_carried_ends_a_day_before_the_first_new_date(cast: Cast) -> None:
    group, _first = _group(cast, capacity=1)
    Session.objects.filter(programme=group).update(
        starts_at=timezone.now() + timedelta(days=20), ends_at=timezone.now() + timedelta(days=21)
    )
    scenes.wait(group, cast.hamel)
    starts = _days(2, first=2)
    _open(cast, starts[::-1], programme=group)
    assert WaitingEntry.objects.get().held_until == starts[0] - timedelta(hours=24)
    assert Seat.objects.filter(state="held").count() == 3


@pytest.mark.parametrize("enrolled", [False, True])
def test_the_number_of_statements_does_not_depend_on_the_dates(
    cast: Cast, *, enrolled: bool
) -> None:
    group, _first = _group(cast, *([cast.hamel] if enrolled else []))
    mate = factories.participant()
    actions.keep_apart(by=None, now=timezone.now(), first=cast.hamel, second=mate)
    fields = {"programme": group, "practitioners": [cast.practitioner]}
    counts = set()
    for number, hour in ((1, 0), (3, 3), (9, 6)):
        with CaptureQueriesContext(connection) as queries:
            assert len(_open(cast, _days(number, hour=hour), **fields).opened) == number
        counts.add(len(queries))
    assert len(counts) == 1


def test_nothing_to_open_is_no_error(cast: Cast) -> None:
    assert _open(cast, []) == OpenedSessions((), ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 24 * 60 + 1},
        {"minutes": 10**12},
        {"capacity": 0},
        {"label": "Groupe de parole"},
        {"pause_minutes": 120},
        {"language": "xx"},
        {"interpreter": "xx"},
        {"starts": [datetime(2027, 3, 10, 9)]},  # noqa: DTZ001 - without a zone, that is the point
        {"starts": [factories.paris("9999-12-31 23:30")]},
    ],
)
def test_a_value_that_makes_no_sense_opens_nothing(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        _open(cast, **{"starts": _days(2), **wrong})
    assert Session.objects.count() == 0


def test_a_purpose_is_its_own_service_and_others_that_the_partner_offers(cast: Cast) -> None:
    own, other = factories.service(), factories.service(ServiceFamily.SOCIAL)
    purpose = Purpose.objects.create(key=f"{own.pk},{other.pk}")
    purpose.services.set([own, other])
    assert len(_open(cast, _days(1), purpose=purpose).opened) == 1
    with pytest.raises(Invalid, match="sa propre prestation"):
        _open(cast, _days(1), service=factories.service(ServiceFamily.WORK), purpose=purpose)
    cast.ours.services.remove(other)
    with pytest.raises(Invalid, match="sa propre prestation"):
        factories.session(cast.ours, purpose=purpose)


def test_another_partner_opens_nothing_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        _open(cast, _days(1), by=cast.stranger)


def test_the_same_request_twice_opens_once(cast: Cast) -> None:
    starts = _days(2)
    factories.session(cast.ours, starts[1], practitioners=[cast.practitioner])
    fields = {"practitioners": [cast.practitioner], "by": cast.admin, "key": "a-key"}
    with timezone.override("UTC"):
        first = _open(cast, starts, **fields)
        assert _open(cast, starts, **fields) == first
    assert Session.objects.count() == 2


def test_somebody_who_came_in_just_before_the_lock_stops_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, _first = _group(cast)

    def and_meanwhile(**values: Any) -> Held:
        scenes.enrol(group, cast.hamel)
        return hold(**values)

    monkeypatch.setattr("booking.opening.hold", and_meanwhile)
    with pytest.raises(Busy):
        _open(cast, _days(1), programme=group)


def test_one_session_says_who_could_not_come(cast: Cast) -> None:
    group, _first = _group(cast, cast.hamel)
    [start] = _days(1)
    scenes.book(factories.session(cast.theirs, start), cast.hamel)
    with pytest.raises(CannotCarry, match=cast.hamel.reference):
        factories.session(cast.ours, start, programme=group)
