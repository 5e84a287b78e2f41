"""What somebody answers to a text: whose it is, whether it means STOP, and what follows from it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from booking import actions
from booking.inserting import insert
from booking.models import Participant, Seat
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.numbers import lock_number
from booking.reach import why_no_text
from sms.hours import paris_day
from sms.models import Reply, ReplyKind, Step, Text, TextState

#: Whoever answers later answers something else.
_SPEAKS_OF = timedelta(days=60)
#: Told to call by a text that leaves later than this, somebody would wonder what it means. Longer
#: than a night.
_ANSWER_WITHIN = timedelta(hours=20)

# Folded: no case, no accents. Words that can mean nothing else, in the languages of our texts.
_STOP = frozenset(
    (
        *("stop", "stopall", "stopsms", "arret", "arreter", "arretez", "desabonner"),
        *("unsubscribe", "optout", "baja", "parar", "pare", "dezabonare"),
        # توقف, قف, إيقاف
        *("\u062a\u0648\u0642\u0641", "\u0642\u0641", "\u0627\u064a\u0642\u0627\u0641"),
    )
)
#: Alone, the provider takes these for a STOP, so ours would not arrive any more.
_STOP_ALONE = frozenset(("cancel", "end", "quit", "revoke"))
_BESIDE = frozenset(("sms", "all", "svp", "merci", "please", "texto", "textos", "les", "le", "the"))


def kind_of(body: str) -> ReplyKind:
    """STOP when that is the whole message. "Annuler mon rdv" and "je ne peux pas m'arrêter" are for
    somebody to read."""
    words = _folded(body)
    said = [word for word in words if word not in _BESIDE]
    if said and _STOP.issuperset(said):
        return ReplyKind.STOP
    return ReplyKind.STOP if len(words) == 1 and words[0] in _STOP_ALONE else ReplyKind.OTHER


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", letters)


def handle(reply: Reply, now: datetime) -> bool:
    """Find what it is about, and do what follows: STOP refuses texts for everybody with that number,
    anything else waits for somebody and is answered once a day. Call with the row locked. Returns
    whether an answer was written that may leave at once. Raises Busy, Merged."""
    text = _last_text(reply)
    if text is not None:
        reply.text, reply.seat = text, _about(text, reply.received_at)
        reply.partner = reply.seat.session.partner
    reply.handled_at = now
    answered = False
    if reply.kind != ReplyKind.STOP:
        answered = _answer(reply, now)
    elif _refuse(reply.number, now):
        reply.read_at = now  # What is left to do stands in the list of calls.
    reply.save(update_fields=["text", "seat", "partner", "handled_at", "read_at"])
    return answered


def _last_text(reply: Reply) -> Text | None:
    """The last one to that number, whoever it was for: of two people on one phone, the one who was
    written to last is the one who answers."""
    if not reply.number:
        return None
    texts = Text.objects.filter(
        to=reply.number,
        sent_at__gt=reply.received_at - _SPEAKS_OF,
        sent_at__lte=reply.received_at,
    )
    whose = ("seat__session__partner", "seat__participant")
    carried = tuple(f"carried_to{name.removeprefix('seat')}" for name in whose)
    return texts.select_related(*whose, *carried).order_by("-sent_at", "-pk").first()


def _about(text: Text, at: datetime) -> Seat:
    """The text's own seat while it is to come, else the person's next one with the same partner: a
    reply to a cancellation is about what comes after."""
    seat = text.carried_to or text.seat
    if seat.state in (SeatState.BOOKED, SeatState.HELD) and seat.starts_at > at:
        return seat
    coming = Seat.objects.filter(
        participant=seat.participant_id,
        session__partner=seat.session.partner_id,
        state=SeatState.BOOKED,
        starts_at__gt=at,
    )
    whose = ("session__partner", "participant")
    return coming.select_related(*whose).order_by("starts_at", "pk").first() or seat


def _refuse(number: str, now: datetime) -> int:
    """Whose record says that the number is wrong is not who holds the phone."""
    if not number:
        return 0
    people = Participant.objects.filter(phone=number, merged_into=None)
    people = people.exclude(phone_state=PhoneState.WRONG).order_by("pk")
    for person in people:
        actions.refuse_texts(by=None, now=now, participant=person)
    return len(people)


def _answer(reply: Reply, now: datetime) -> bool:
    """Give the number to call, through the outbox like every text: by its hours, its cap and its
    words. Not to somebody who has another number since, nor to whom no text may be sent."""
    seat = reply.seat
    if seat is None or seat.participant.phone != reply.number or why_no_text(seat.participant):
        return False
    today = paris_day(now).toordinal()
    # Two people on one phone, two replies at once: one answer.
    lock_number(reply.number)
    given = Text.objects.filter(
        step=Step.ANSWER, revision=today, seat__participant__phone=reply.number
    )
    if given.exclude(state=TextState.VOID).exists():
        return False
    answer = Text(
        seat=seat,
        step=Step.ANSWER,
        revision=today,
        wanted_at=now,
        due_at=now,
        expires_at=now + _ANSWER_WITHIN,
    )
    insert([answer], skip_conflicts=True)
    return True
