"""What somebody answers to a text: whose it is, whether it means STOP, and what follows from it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.db.models import Q

from booking import actions
from booking.inserting import insert
from booking.models import Participant, Seat
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.numbers import lock_number
from booking.reach import why_no_text
from sms.hours import ANY_DAY, day_bounds, next_opening, paris_day
from sms.models import Reply, ReplyKind, Step, Text, TextState
from sms.policies import rules_for

#: Whoever answers later answers something else.
_SPEAKS_OF = timedelta(days=60)
#: Told to call by a text that leaves later than this, somebody would wonder what it means. Longer
#: than a night.
_ANSWER_WITHIN = timedelta(hours=20)

# Folded: no case, no accents. Words that, said first, can mean nothing else, in the languages of our
# texts.
_STOP = frozenset(
    (
        *("stop", "stopall", "stopsms", "arret", "arrete", "arretes", "arretez", "arreter"),
        *("desabonner", "desabonnement", "desinscrire", "desinscription"),
        *("unsubscribe", "optout", "baja", "parar", "dezabonare", "opreste", "opriti"),
        # توقف, قف, إيقاف
        *("\u062a\u0648\u0642\u0641", "\u0642\u0641", "\u0627\u064a\u0642\u0627\u0641"),
    )
)
#: Alone, the provider takes these for a STOP, so ours would not arrive any more.
_STOP_ALONE = frozenset(("cancel", "end", "quit", "revoke"))
#: What may come after it: what is to stop ("aux SMS", "de m'envoyer ces messages", "au 36180"), and
#: courtesy. A word that leads to something says nothing without it ("arrêt les").
_LEADING = r"(?:aux?|a|les?|la|des?|du|d|ces|cette?|vos|votre|the|your|me|m|envoyer|envois?)"
_STOPPED = r"(?:sms|textos?|messages?|pubs?|publicites?|all|tout|\d{5})"
_COURTESY = r"(?:svp|stp|merci|please|s il (?:vous|te) plait)"
_AFTER = re.compile(rf"(?: (?:{'|'.join(sorted(_STOP))}|(?:{_LEADING} )*{_STOPPED}|{_COURTESY}))*")


def kind_of(body: str) -> ReplyKind:
    """STOP when that is the whole message. "Annuler mon rdv" and "je ne peux pas m'arrêter" are for
    somebody to read."""
    words = _folded(body)
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]  # "S T O P"
    if not words:
        return ReplyKind.OTHER
    first, after = words[0], "".join(f" {word}" for word in words[1:])
    alone = first in _STOP_ALONE and not after
    stops = first in _STOP and _AFTER.fullmatch(after) is not None
    return ReplyKind.STOP if alone or stops else ReplyKind.OTHER


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
    """Give the number to call, through the outbox like every text: by its hours and its
    words. Not to somebody who has another number since, nor to whom no text may be sent."""
    seat = reply.seat
    if seat is None or seat.participant.phone != reply.number or why_no_text(seat.participant):
        return False
    day = _leaves_on(seat, now)
    # Two people on one phone, two replies at once: one answer.
    lock_number(reply.number)
    start, end = day_bounds(day)
    given = Text.objects.filter(
        Q(revision=day.toordinal()) | Q(sent_at__gte=start, sent_at__lt=end),
        step=Step.ANSWER,
        seat__participant__phone=reply.number,
    )
    if given.exclude(state=TextState.VOID).exists():
        return False
    answer = Text(
        seat=seat,
        step=Step.ANSWER,
        revision=day.toordinal(),
        wanted_at=now,
        due_at=now,
        expires_at=now + _ANSWER_WITHIN,
    )
    insert([answer], skip_conflicts=True)
    return True


def _leaves_on(seat: Seat, now: datetime) -> date:
    """The Paris day on which an answer would leave: one to a reply in the evening is the next day's,
    and whoever writes again in the morning has it already."""
    session = seat.session
    rules = rules_for([session.partner_id]).of(session.partner_id, session.service_id)
    return paris_day(next_opening(now, any_day=Step.ANSWER in ANY_DAY, rules=rules))
