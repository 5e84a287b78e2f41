from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from booking import actions
from booking.errors import NotAllowed, SessionFull
from booking.models import Participant, Partner, Programme, Referral, Seat, User, Venue
from booking.models.person import Mandate
from booking.models.programme import ProgrammeKind
from calendars import actions as dates
from calendars.models import Rhythm
from calendars.recurrence import Recurrence, Weekday
from calendars.rhythms import recurrence_of
from portal.acting import telling
from portal.acting.unreadable import Unreadable
from portal.acting.values import read, shape
from portal.acting.verbs import verbs
from sms import actions as texts
from tests import factories
from tests.cast import Cast

_VENUE = ["partner=le-relais", "street=9 rue du Moulin", "postcode=93000", "city=Bobigny"]


def _act(*words: str, **options: object) -> str:
    out = StringIO()
    call_command("act", *words, stdout=out, **options)
    return out.getvalue()


def _refusal(*words: str, **options: object) -> str:
    with pytest.raises(CommandError) as raised:
        _act(*words, **options)
    return str(raised.value)


def test_every_action_is_a_verb_that_a_terminal_can_say() -> None:
    printed = _act("", list=True)
    assert [block.split("\n")[0] for block in printed.strip().split("\n\n")] == sorted(
        {*actions.__all__, *dates.__all__, *texts.__all__}
    )
    assert not any(
        argument.name == "password" for one in verbs().values() for argument in one.arguments
    )


def test_a_verb_is_listed_with_its_first_sentence_and_its_arguments() -> None:
    described = _act("", list=True).split("\n\n")
    [found] = [block for block in described if block.startswith("confirm_phone\n")]
    assert found.split("\n") == [
        "confirm_phone",
        "    Record that the number was confirmed by voice: no text leaves before that.",
        "    participant=<Participant: reference or key>",
        "    [number=text]",
        "    [shared=yes|no]",
        "    [anyway=yes|no]",
    ]


def test_each_verb_is_said_in_one_sentence() -> None:
    assert [one.name for one in verbs().values() if not one.summary.endswith((".", ":"))] == []


def test_what_must_be_said_but_may_be_empty_is_shown_so() -> None:
    assert (shape(date | None, said=True), shape(date | None)) == (
        "2026-12-01|nothing",
        "2026-12-01",
    )


@pytest.mark.django_db
def test_a_verb_is_done_and_what_it_made_is_said_without_a_name(cast: Cast) -> None:
    printed = _act("add_practitioner", "partner=le-relais", "name=Dr Petit")
    made = cast.ours.practitioners.get(name="Dr Petit")
    assert printed == f"add_practitioner: booking.Practitioner {made.pk}\n"


_TUESDAYS = (
    *("partner=le-relais", "service=Prestation group", "label=Groupe T", "first_day=2027-03-01"),
    *("start=18:00", "minutes=120", "capacity=8"),
)


@pytest.mark.django_db
def test_an_argument_of_several_parts_is_said_part_by_part(cast: Cast) -> None:
    parts = ("recurrence.weekdays=TU,TH", "recurrence.every=2", "recurrence.times=10")
    _act("open_rhythm", f"venue={cast.venue.pk}", *_TUESDAYS, *parts)
    opened = Rhythm.objects.select_related("event__rule").get(label="Groupe T")
    assert recurrence_of(opened) == Recurrence(
        (Weekday.TUESDAY, Weekday.THURSDAY), every=2, times=10
    )


@pytest.mark.django_db
def test_an_argument_of_parts_that_is_missing_says_so(cast: Cast) -> None:
    said = _refusal("open_rhythm", f"venue={cast.venue.pk}", *_TUESDAYS)
    assert said.split("\n")[0] == "recurrence manque : donnez-en au moins une partie."


@pytest.mark.django_db
def test_the_answer_can_be_json(cast: Cast) -> None:
    printed = _act("confirm_phone", f"participant={cast.hamel.reference.lower()}", json=True)
    row = {"row": "booking.Participant", "pk": cast.hamel.pk, "reference": cast.hamel.reference}
    assert json.loads(printed) == {"verb": "confirm_phone", "answer": row}


@pytest.mark.django_db
def test_the_same_key_again_has_no_second_effect(cast: Cast) -> None:
    twice = [_act("add_venue", *_VENUE, "name=Annexe", key="venue-1") for _ in range(2)]
    assert twice[0] == twice[1] == f"add_venue: booking.Venue {Venue.objects.latest('pk').pk}\n"


@pytest.mark.django_db
def test_the_rights_are_those_of_the_account(cast: Cast) -> None:
    words = ["add_venue", *_VENUE, "name=Annexe"]
    assert _refusal(*words, by=cast.stranger.email) == str(NotAllowed.message)
    assert _act(*words, by="Admin@jalon.example").startswith("add_venue: ")
    assert "--by" in _refusal(*words, by="nobody@jalon.example")


@pytest.mark.django_db
def test_a_refusal_is_its_sentence(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1)
    words = ["book_seat", f"session={session.pk}", f"participant={cast.hamel.pk}"]
    other = factories.participant()
    _act("book_seat", f"session={session.pk}", f"participant=#{other.pk}")
    assert _refusal(*words) == str(SessionFull.message)
    assert Seat.objects.filter(session=session).count() == 1


@pytest.mark.django_db
def test_everything_that_is_wrong_is_said_at_once(cast: Cast) -> None:
    words = ["partner=nowhere", "room", "colour=red", "name=a", "name=b", "postcode=paris"]
    with translation.override("en"):
        said = _refusal("add_venue", *words).split("\n\n")[0].split("\n")
    assert [line.split(":")[0].split("=")[0] for line in said] == [
        *("partner", "room", "colour", "name", "postcode", "street", "city"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "word"),
    [
        ("add_partner", "department=99"),
        ("add_partner", "slug=no good"),
        ("add_service", "letter=AB"),
        ("add_service", "default_minutes=-5"),
        ("add_member", "email=nobody"),
        ("add_member", "role=queen"),
        ("register_participant", "language=xx"),
        ("open_programme", "kind=circus"),
    ],
)
def test_what_no_form_would_take_is_refused(verb: str, word: str) -> None:
    name = word.partition("=")[0]
    said = _refusal(verb, word).splitlines()
    assert said[0].startswith(f"{name}: ")


@pytest.mark.parametrize(("verb", "hint"), [("book_seats", "book_seat"), ("", "--list")])
def test_no_such_verb_says_what_to_do(verb: str, hint: str) -> None:
    assert hint in _refusal(verb)


@pytest.mark.django_db
def test_a_password_cannot_be_typed(cast: Cast) -> None:
    words = ["email=new@jalon.example", "name=N", "role=coordinator"]
    with translation.override("en"):
        assert "password: " in _refusal("add_member", *words, "password=hunter2")
    _act("add_member", *words)
    assert not User.objects.get(email="new@jalon.example").has_usable_password()


@pytest.mark.parametrize(
    ("word", "hint", "value"),
    [
        ("2026-12-01T18:00", datetime, datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("2026-07-01 18:00", datetime, datetime(2026, 7, 1, 16, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-12-01", date, date(2026, 12, 1)),
        ("18:00", time, time(18)),
        ("probation", Mandate, Mandate.PROBATION),
        ("open_group", ProgrammeKind, ProgrammeKind.OPEN_GROUP),
        ("Yes", bool, True),
        ("non", bool, False),
        ("-3", int, -3),
        ("", str, ""),
        ("", date | None, None),
        ("2026-12-01", date | None, date(2026, 12, 1)),
        ("1, 2,", Iterable[int], [1, 2]),
        ("", list[int] | None, []),
        ("", tuple[int, ...], []),
    ],
)
def test_a_word_becomes_a_value(word: str, hint: object, value: object) -> None:
    assert read(word, hint) == value


@pytest.mark.parametrize(
    ("word", "hint", "says"),
    [
        ("2027-03-28T02:30", datetime, "does not exist"),
        ("2026-10-25T02:30", datetime, "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00"),
        ("2026-12-01", datetime, "2026-12-01T18:00"),
        ("2026-12-01T25:00", datetime, "2026-12-01T18:00"),
        ("demain", datetime, "2026-12-01T18:00"),
        ("0001-01-01T00:00", datetime, "year"),
        ("9999-12-31T23:59-05:00", datetime, "year"),
        ("0001-01-01", date, "year"),
        ("2026-02-30", date, "2026-12-01"),
        ("2026-W49-2", date, "2026-12-01"),
        ("18h", time, "18:00"),
        ("perhaps", bool, "yes"),
        ("", bool, "yes"),
        ("1e3", int, "a whole number"),
        ("٣", int, "a whole number"),
        ("x", ProgrammeKind, "course|closed_group|open_group"),
    ],
)
def test_nonsense_is_refused_with_what_to_write(word: str, hint: object, says: str) -> None:
    with translation.override("en"), pytest.raises(Unreadable) as raised:
        read(word, hint)
    assert says in str(raised.value)


def test_a_type_that_no_word_can_give_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        read("x", Callable[[], None])


@pytest.mark.django_db
def test_a_row_goes_by_its_name_or_its_key(cast: Cast) -> None:
    assert read("LE-RELAIS", Partner) == cast.ours
    assert read(str(cast.ours.pk), Partner) == read(f"#{cast.ours.pk}", Partner) == cast.ours
    assert read(cast.admin.email, User) == cast.admin
    assert read(f"{cast.hamel.reference},", Iterable[Participant]) == [cast.hamel]
    assert read(str(cast.referral.pk), Referral) == cast.referral


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "kind"),
    [("999999", Partner), ("", Partner), ("#", Partner), ("9" * 18, User), ("x", Programme)],
)
def test_a_row_that_is_not_there_is_refused(word: str, kind: type) -> None:
    with pytest.raises(Unreadable):
        read(word, kind)


@pytest.mark.django_db
def test_a_word_that_means_two_rows_is_refused() -> None:
    first = factories.participant()
    factories.participant(reference=str(first.pk))
    with pytest.raises(Unreadable, match="#12"):
        read(str(first.pk), Participant)
    assert read(f"#{first.pk}", Participant) == first


@dataclass(frozen=True)
class Outcome:
    seated: tuple[Participant, ...]
    note: str
    refusal: SessionFull

    @property
    def count(self) -> int:
        return len(self.seated)


def test_an_answer_of_many_is_told_without_any_text() -> None:
    person = Participant(pk=3, reference="ABCDEF", last_name="Hamel")
    answer = telling.told(Outcome((person,), "Hamel", SessionFull()))
    assert telling.line(answer) == (
        f"seated: booking.Participant 3 (ABCDEF); note: …; refusal: {SessionFull()}; count: 1"
    )
    assert telling.line(telling.told((None, []))) == "–, –"


@pytest.mark.django_db
def test_an_instant_before_all_time_is_refused_and_nothing_falls(cast: Cast) -> None:
    session = factories.session(cast.ours)
    said = _refusal("move_session", f"session={session.pk}", "starts_at=0001-01-01T00:00", key="k")
    assert said.startswith("starts_at: ")
