"""Rows that have no name of their own are found by what staff can see of them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Model
from django.utils import timezone, translation

from booking import actions
from booking.models import (
    AvoidancePair,
    Enrolment,
    JournalEntry,
    Participant,
    Practitioner,
    Programme,
    Seat,
    Session,
    Venue,
    WaitingEntry,
)
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from portal.acting.named import NAMES
from portal.acting.unreadable import Unreadable
from portal.acting.values import read, shape
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _group(cast: Cast) -> Programme:
    start = timezone.now() + timedelta(days=3)
    return rows.course(cast.ours, start, label="Groupe B: soir/1")


def _no(word: str, kind: type[Model]) -> str:
    with pytest.raises(Unreadable) as raised:
        read(word, kind)
    return str(raised.value)


def test_what_a_partner_has_goes_by_the_two_names(cast: Cast) -> None:
    made = _group(cast)
    factories.programme(cast.theirs, label=made.label)
    factories.venue(cast.ours, name="Annexe", room="1")
    assert read("LE-RELAIS/groupe b: soir/1", Programme) == made
    assert read("le-relais/Dr Morel", Practitioner) == cast.practitioner
    assert read(f"le-relais/{cast.venue.name}", Venue) == cast.venue
    factories.venue(cast.ours, name="Annexe", room="2")
    assert "#12" in _no("le-relais/Annexe", Venue)


def test_a_seat_goes_by_session_and_person_while_it_is_active(cast: Cast) -> None:
    session = rows.bare(cast.ours, timezone.now())
    rows.seat(session, cast.hamel, SeatState.RELEASED)
    word = f"{session.pk}:{cast.hamel.reference.lower()}"
    _no(word, Seat)
    seat = rows.seat(session, cast.hamel)
    rows.seat(session, factories.participant())
    assert read(word, Seat) == read(f"#{word}", Seat) == read(str(seat.pk), Seat) == seat


def test_an_enrolment_goes_by_programme_and_person_while_it_stands(cast: Cast) -> None:
    made = _group(cast)
    enrolled = rows.enrolled(made, cast.hamel, SeatState.HELD)
    words = [f"{what}:{cast.hamel.reference}" for what in (made.pk, f"le-relais/{made.label}")]
    assert [read(word, Enrolment) for word in words] == [enrolled, enrolled]
    enrolled.state = "withdrawn"
    enrolled.save()
    _no(words[0], Enrolment)


def test_an_entry_goes_by_what_is_waited_for_and_the_person(cast: Cast) -> None:
    made, session = _group(cast), rows.bare(cast.ours, timezone.now())
    first = rows.waits(session, cast.hamel, WaitingState.LAPSED)
    entry = rows.waits(made, cast.hamel)
    rows.waits(made, factories.participant())
    words = [
        f"{what}:{cast.hamel.reference}"
        for what in (session.pk, f"p{made.pk}", f"le-relais/{made.label}")
    ]
    assert [read(word, WaitingEntry) for word in words] == [first, entry, entry]
    rows.waits(session, cast.hamel, WaitingState.LEFT)
    last = rows.waits(session, cast.hamel, WaitingState.LAPSED)
    assert read(words[0], WaitingEntry) == last
    again = rows.waits(session, cast.hamel)
    assert read(words[0], WaitingEntry) == again


def test_two_who_must_not_meet_go_by_their_references_in_any_order(cast: Cast) -> None:
    other = factories.participant()
    pair = AvoidancePair.objects.create(first=cast.hamel, second=other)
    both = (cast.hamel.reference, other.reference)
    assert [read(f"{a}:{b}", AvoidancePair) for a, b in (both, both[::-1])] == [pair, pair]


def _merged(into: Participant) -> JournalEntry:
    double = factories.participant()
    actions.merge(by=None, now=timezone.now(), keep=into, absorb=double)
    return JournalEntry.objects.filter(verb="people_merged").latest("pk")


def test_a_merge_goes_by_the_person_kept_the_last_that_was_not_undone(cast: Cast) -> None:
    word, now = cast.hamel.reference, timezone.now()
    _no(word, JournalEntry)
    first, second = _merged(cast.hamel), _merged(cast.hamel)
    _merged(factories.participant())
    assert read(word, JournalEntry) == second
    actions.unmerge(by=None, now=now, entry=second)
    assert read(word, JournalEntry) == first
    call_command("act", "unmerge", f"entry={word}", stdout=StringIO())
    _no(word, JournalEntry)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("word", ["", ":", "/", "x", "p:", "pp1:x", "1:", ":ABCDEF", "#", "1/2:3"])
def test_a_word_that_names_nothing_is_refused(cast: Cast, kind: type[Model], word: str) -> None:
    _no(word, kind)


def test_what_is_not_there_is_told_in_one_language(cast: Cast) -> None:
    with translation.override("en"):
        assert _no("99", Session) == "Not found: session 99. Write its primary key."
        assert _no("1:ABCDEF", Seat) == (
            "Not found: seat 1:ABCDEF. Write its primary key or SESSION:REFERENCE."
        )


def test_the_list_says_how_each_is_named() -> None:
    assert [shape(kind) for kind in (Seat, WaitingEntry, Session)] == [
        "<Seat: SESSION:REFERENCE or key>",
        "<WaitingEntry: SESSION:REFERENCE or pPROGRAMME:REFERENCE or key>",
        "<Session: key>",
    ]


def test_no_practitioners_are_said_by_nothing(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    words = ["move_session", f"session={session.pk}", "practitioners="]
    call_command("act", *words, stdout=StringIO())
    assert list(session.practitioners.all()) == []
