"""What comes back from phones: whose it is, what STOP does, and at most one answer a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from booking import actions as bookings
from booking.errors import Busy, NotAllowed
from booking.models import HiddenFrom, JournalEntry, Participant, Seat, Session
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.queries.to_call import Reason, to_call
from sms import actions, replies
from sms.dispatch import dispatch_due
from sms.hours import PARIS, paris_day
from sms.models import Reply, ReplyKind, Step, Text, TextState
from sms.queries.replies import open_replies
from sms.taking_in import TakenIn, take_in
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 18:00"))


@pytest.fixture
def seat(cast: Cast, evening: Session) -> Seat:
    """Hamel's, who was summoned at 10:00."""
    seat = book(cast, evening)
    dispatch_due()
    return seat


def reply(number: str, body: str = "Je serai en retard", at: datetime = NOW) -> Reply:
    """Received and taken in."""
    values = {"number": number, "body": body, "kind": replies.kind_of(body), "received_at": at}
    made = Reply.objects.create(provider_id=f"SM{Reply.objects.count():032x}", **values)
    take_in(at)
    made.refresh_from_db()
    return made


def answers() -> list[tuple[int, str, datetime]]:
    texts = Text.objects.filter(step=Step.ANSWER).order_by("pk")
    return [(text.seat_id, text.state, text.due_at) for text in texts]


@pytest.mark.parametrize(
    "body",
    [
        *("STOP", "stop", " Stop. ", "STOP!", "stopall", "STOP ALL", "STOP SMS", "StopSMS"),
        *("ARRET", "arrêt", "Arrêt SMS", "arret sms svp", "ARRETEZ", "STOP MERCI", "stop stop"),
        *("arrête", "Arrêtez les SMS", "arrêtes svp", "désinscription", "oprește", "S T O P"),
        *(
            "STOP 36180",
            "STOP au 36180",
            "Stop aux sms",
            "stop sms stp",
            "STOP pub",
            "\u00abStop\u00bb",
        ),
        *("stop à ces messages", "Arrête de m'envoyer des textos s'il te plaît", "stop\u200b"),
        *("Unsubscribe", "cancel", "END", "quit", "PARAR", "baja", "توقف", "إيقاف"),
    ],
)
def test_what_means_stop(body: str) -> None:
    assert replies.kind_of(body) == ReplyKind.STOP


@pytest.mark.parametrize(
    "body",
    [
        *("", "!", "Annuler mon rdv", "annuler", "je ne peux pas m'arrêter", "arrêt maladie"),
        *("stop ça va pas non", "START", "unstop", "the end", "cancel my appointment", "sms"),
        *("pare", "le stop", "le arret", "parar le", "arret les", "stop all the", "non merci"),
        *("arrêt 54", "stop 18", "fin", "arrêt de bus", "svp", "a b", "merci d'arrêter demain"),
        *("stop violence", "non stop", "STOPP", "ok merci", "pas de stop"),
    ],
)
def test_what_is_for_somebody_to_read(body: str) -> None:
    assert replies.kind_of(body) == ReplyKind.OTHER


def test_a_reply_is_about_the_last_text_to_that_number(cast: Cast, seat: Seat) -> None:
    got = reply(cast.hamel.phone)
    assert (got.text, got.seat, got.partner) == (Text.objects.get(step="summons"), seat, cast.ours)
    assert (got.kind, got.handled_at, got.read_at) == (ReplyKind.OTHER, NOW, None)


def test_of_two_people_on_one_number_the_one_written_to_last_answers(
    cast: Cast, seat: Seat
) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    factories.venue(cast.theirs)
    session = factories.session(cast.theirs, paris("2026-04-15 18:00"))
    later = NOW + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        theirs = bookings.book_seat(by=None, now=later, session=session, participant=other)
        dispatch_due()
    got = reply(cast.hamel.phone, at=later)
    assert (got.seat, got.partner) == (theirs, cast.theirs)
    assert [open_replies(one) for one in (cast.admin, cast.stranger)] == [[], [got]]


def test_a_reply_to_a_cancellation_is_about_what_comes_after(cast: Cast, seat: Seat) -> None:
    bookings.cancel_session(by=None, now=NOW, session=seat.session)
    next_one = book(cast, factories.session(cast.ours, paris("2026-04-21 18:00")))
    elsewhere = factories.session(cast.theirs, paris("2026-04-20 18:00"))
    bookings.book_seat(by=None, now=NOW, session=elsewhere, participant=cast.hamel)
    Text.objects.filter(seat__session=elsewhere).delete()
    assert reply(cast.hamel.phone).seat == next_one


def test_a_reply_from_nowhere_is_the_coordinations(cast: Cast, seat: Seat) -> None:
    unknown, hidden = reply("+33639980999"), reply("", "Bonjour")
    assert {unknown.partner, unknown.seat, hidden.partner} == {None}
    assert open_replies(cast.coordinator) == [hidden, unknown]
    assert [open_replies(one) for one in (cast.admin, cast.doctor, cast.observer)] == [[]] * 3
    assert answers() == []


def test_a_reply_after_two_months_is_about_nothing(cast: Cast, seat: Seat) -> None:
    assert reply(cast.hamel.phone, at=NOW + timedelta(days=61)).partner is None


def test_stop_refuses_texts_for_everybody_with_that_number(cast: Cast, seat: Seat) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    wrong = factories.participant(phone=cast.hamel.phone, phone_state=PhoneState.WRONG)
    got = reply(cast.hamel.phone, "Arrêt")
    refused = set(Participant.objects.filter(texts_refused=True))
    assert (refused, wrong in refused) == ({cast.hamel, other}, False)
    assert (got.kind, got.read_at, open_replies(cast.admin)) == (ReplyKind.STOP, NOW, [])
    assert not Text.objects.filter(state=TextState.PLANNED).exists()
    assert answers() == []
    soon = seat.starts_at - timedelta(days=2)
    [call] = to_call(cast.admin, soon)
    assert (call.seat, call.reason) == (seat, Reason.REFUSED)
    verbs = JournalEntry.objects.filter(verb=Verb.TEXTS_REFUSED)
    assert {one.participant_id for one in verbs} == {cast.hamel.pk, other.pk}


def test_start_is_for_a_human(cast: Cast, seat: Seat) -> None:
    reply(cast.hamel.phone, "STOP")
    got = reply(cast.hamel.phone, "START")
    cast.hamel.refresh_from_db()
    assert (cast.hamel.texts_refused, open_replies(cast.admin)) == (True, [got])
    assert answers() == []


def test_a_stop_from_a_number_that_nobody_has_stays_to_be_read(cast: Cast) -> None:
    got = reply("+33639980999", "STOP")
    assert open_replies(cast.coordinator) == [got]


def test_a_reply_is_answered_once_a_day(cast: Cast, seat: Seat) -> None:
    late, tomorrow = paris("2026-03-16 23:59"), paris("2026-03-17 00:00")
    for at in (NOW, late, tomorrow):
        reply(cast.hamel.phone, at=at)
    # What comes after hours is answered in the morning, and that is the answer of that day.
    assert answers() == [(seat.pk, "planned", NOW), (seat.pk, "planned", late)]
    first = Text.objects.filter(step=Step.ANSWER).earliest("pk")
    assert first.revision == NOW.date().toordinal()
    assert NOW < first.expires_at <= NOW + timedelta(hours=24)


def test_two_people_on_one_phone_are_answered_once(cast: Cast, seat: Seat) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    reply(cast.hamel.phone)
    later = NOW + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        book(cast, seat.session, other)
        dispatch_due()
    assert reply(cast.hamel.phone, at=later).seat != seat
    assert len(answers()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"texts_refused": True},
        {"phone_state": PhoneState.WRONG},
        {"phone_state": PhoneState.UNCONFIRMED},
        {"phone": "+33639980182"},
    ],
)
def test_whom_no_text_may_reach_gets_no_answer(
    cast: Cast, seat: Seat, fields: dict[str, Any]
) -> None:
    number = cast.hamel.phone
    Participant.objects.filter(pk=cast.hamel.pk).update(**fields)
    assert reply(number).partner == cast.ours
    assert answers() == []


def test_an_answer_leaves_through_the_outbox(cast: Cast, seat: Seat) -> None:
    reply(cast.hamel.phone)
    assert dispatch_due().sent == 1
    assert cast.ours.phone in Text.objects.get(step=Step.ANSWER).body


def test_a_reply_is_read_by_its_partner_and_the_coordination(cast: Cast, seat: Seat) -> None:
    got = reply(cast.hamel.phone)
    readers = (cast.admin, cast.coordinator, cast.doctor, cast.stranger, cast.observer)
    assert [len(open_replies(one)) for one in readers] == [1, 1, 0, 0, 0]
    assert open_replies(cast.coordinator, cast.theirs) == []
    for by in readers[2:]:
        with pytest.raises(NotAllowed):
            actions.read_reply(by=by, now=NOW, reply=got)


def test_a_reply_of_somebody_hidden_is_the_coordinations(cast: Cast, seat: Seat) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    got = reply(cast.hamel.phone)
    assert (open_replies(cast.admin), open_replies(cast.coordinator)) == ([], [got])


def test_a_reply_that_was_dealt_with_leaves_the_list_once(cast: Cast, seat: Seat) -> None:
    got = reply(cast.hamel.phone)
    for by in (cast.admin, cast.coordinator):
        done = actions.read_reply(by=by, now=NOW, reply=got)
        assert (done.read_by, done.read_at) == (cast.admin, NOW)
    assert open_replies(cast.admin) == []
    [entry] = JournalEntry.objects.filter(verb=Verb.REPLY_READ)
    assert (entry.partner, entry.seat, entry.facts) == (cast.ours, seat, {"reply": got.pk})


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_reply_as_for_three(
    cast: Cast, seat: Seat, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        reply(cast.hamel.phone)
    with django_assert_num_queries(2):  # The memberships, and the replies.
        found = open_replies(cast.admin)
        assert [one.seat.session.label for one in found if one.seat] == ["Groupe B"] * number


def test_a_reply_that_somebody_holds_up_waits_for_the_next_time(
    cast: Cast, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**values: Any) -> None:
        raise Busy

    with monkeypatch.context() as held:
        held.setattr("booking.actions.refuse_texts", busy)
        got = reply(cast.hamel.phone, "STOP")
    assert (got.handled_at, got.partner) == (None, None)
    assert take_in(NOW) == TakenIn(replies=1)


@pytest.mark.parametrize("body", ["oui", "STOP"])
def test_a_reply_that_fails_as_nobody_foresaw_holds_up_no_other(
    cast: Cast, seat: Seat, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    fields = {"number": "+33639980199", "body": body, "kind": replies.kind_of(body)}
    odd = Reply.objects.create(provider_id="odd", received_at=NOW, **fields)
    handle = replies.handle

    def failing(one: Reply, now: datetime) -> bool:
        if one.pk == odd.pk:
            raise ValueError(one.body)
        return handle(one, now)

    monkeypatch.setattr(replies, "handle", failing)
    assert reply(cast.hamel.phone, "STOP").handled_at == NOW
    assert take_in(NOW) == TakenIn(left=1)
    # It would fail for ever: after an hour the coordination reads it.
    assert take_in(NOW + timedelta(minutes=61)) == TakenIn(left=1)
    assert take_in(NOW + timedelta(minutes=62)) == TakenIn()
    assert odd in open_replies(cast.coordinator)


def test_a_machine_that_answers_every_text_gets_one_a_day(cast: Cast, seat: Seat) -> None:
    """From one evening to the evening after next, a reply to each answer as it comes."""
    left: list[datetime] = []
    for hour in range(48):
        moment = paris("2026-03-17 21:30") + timedelta(hours=hour)
        with time_machine.travel(moment, tick=False):
            reply(cast.hamel.phone, "auto: je suis absent", moment)
            dispatch_due()
            left = sorted(_sent_answers())
            if left and left[-1] == moment:
                reply(cast.hamel.phone, "auto: je suis absent", moment)
                dispatch_due()
    assert [f"{paris_day(one)}" for one in _sent_answers()] == ["2026-03-18", "2026-03-19"]


def _sent_answers() -> list[datetime]:
    texts = Text.objects.filter(step=Step.ANSWER, sent_at__isnull=False)
    return [text.sent_at for text in texts.order_by("sent_at") if text.sent_at]


def test_an_answer_that_was_held_up_is_the_answer_of_the_day_on_which_it_leaves(
    cast: Cast, seat: Seat
) -> None:
    """Nobody dispatched in the afternoon."""
    reply(cast.hamel.phone, "oui", paris("2026-03-17 18:00"))
    morning = paris("2026-03-18 09:00")
    with time_machine.travel(morning, tick=False):
        dispatch_due()
        reply(cast.hamel.phone, "auto", morning + timedelta(minutes=1))
        dispatch_due()
    assert _sent_answers() == [morning]


def test_two_answers_to_one_phone_never_leave_on_one_day(cast: Cast, seat: Seat) -> None:
    """Two people read it, and what was held up for one meets what is new for the other."""
    other = factories.participant(phone=cast.hamel.phone, phone_state=PhoneState.CONFIRMED)
    theirs = book(cast, seat.session, other)
    noon = paris("2026-03-18 12:00")
    for whose, day in ((seat, 1), (theirs, 2)):
        fields = {"number": cast.hamel.phone, "seat": whose, "handled_at": NOW}
        Reply.objects.create(provider_id=f"r{day}", received_at=NOW, **fields)
        late = {"due_at": noon, "expires_at": noon + timedelta(hours=9), "wanted_at": noon}
        Text.objects.create(seat=whose, step=Step.ANSWER, revision=day, **late)
    with time_machine.travel(noon, tick=False):
        dispatch_due()
    assert len(_sent_answers()) == 1


def test_an_answer_takes_nothing_from_what_a_person_gets_a_day(cast: Cast) -> None:
    actions.set_text_policy(by=cast.admin, now=NOW, partner=cast.ours, daily_cap=1)
    book(cast, factories.session(cast.ours, paris("2026-03-26 18:00")))
    with time_machine.travel(paris("2026-03-19 12:00"), tick=False):
        dispatch_due()
    for moment in (paris("2026-03-25 08:30"), paris("2026-03-25 19:00")):
        with time_machine.travel(moment, tick=False):
            if moment.astimezone(PARIS).hour == 8:
                reply(cast.hamel.phone, "ok", moment)
            dispatch_due()
    sent = Text.objects.filter(sent_at__gt=paris("2026-03-20 00:00")).order_by("sent_at")
    assert [text.step for text in sent] == [Step.ANSWER, Step.DAY1]


def test_an_answer_leaves_whatever_the_person_got_today(cast: Cast) -> None:
    actions.set_text_policy(by=cast.admin, now=NOW, partner=cast.ours, daily_cap=1)
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    dispatch_due()
    reply(cast.hamel.phone, "ok")
    dispatch_due()
    assert _sent_answers() == [NOW]
