"""What a text says. Rows in, words out, no query; dates are Europe/Paris.

Always: day, date, time, a number to call, and the place unless the phone is shared. Never a name
of a person, a partner or a service: no variable stands for one (sms.variables).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.models import Seat, Session
from booking.models.person import Mandate
from sms import shipped
from sms.gsm import segments, to_gsm
from sms.hours import paris_day
from sms.in_hand import Told
from sms.kinds import Kind
from sms.languages import speech
from sms.models import Manner, Step
from sms.variables import Scene, fill
from sms.words import Picked, Words

#: What the person was told of one session, or of each that the text speaks of, in that order.
Was = Told | Sequence[Told | None] | None
_LISTING = frozenset({Kind.SUMMONS_MANY, Kind.OFFER_MANY})


@dataclass(frozen=True, slots=True)
class Rendered:
    """`language` is what it is written in: French where there are no reviewed words of the person's."""

    body: str
    kind: Kind
    manner: Manner
    language: str


def render(
    step: Step,
    seat: Seat,
    *,
    sittings: Sequence[Session],
    now: datetime,
    words: Words,
    was: Was = None,
    until: datetime | None = None,
) -> Rendered:
    """The text of this step, as it goes on the wire: French and its neighbours within the GSM alphabet.

    `sittings` are all the sessions that it speaks of, the seat's own first. `now` decides whether
    it says "tomorrow". `was` is what the person has in hand, which a change and a cancellation
    speak of: of the one session, or a list with one for each of `sittings`. `until`: when an offer
    ends.
    """
    session = seat.session
    hands = _each(was, len(sittings))
    kind = kind_of(step, sittings, hands[0])
    manner = manner_of(seat, sittings)
    picked = words.pick(session.partner_id, kind, manner, seat.participant.language)
    scene = Scene(
        own=session,
        sittings=sorted(sittings, key=lambda one: one.starts_at),
        in_hand=[
            told.starts_at if told and told.starts_at else one.starts_at
            for told, one in zip(hands, sittings, strict=True)
        ],
        now=now,
        until=until or session.starts_at,
        phone=session.partner.phone,
        speech=speech(picked.language),
    )
    return Rendered(say(kind, picked, scene), kind, manner, picked.language)


def kind_of(step: Step, sittings: Sequence[Session], was: Told | None) -> Kind:
    """What the text must speak of."""
    several = len(sittings) > 1
    if step == Step.SUMMONS and several:
        return _summons(sittings)
    if step == Step.OFFER and several:
        return Kind.OFFER_MANY
    if step == Step.CHANGED and not several:
        return _change(sittings[0], was)
    return Kind(f"{step.value}_same_day") if several and step in _SAME_DAY else Kind(step.value)


_SAME_DAY = frozenset({Step.DAY7, Step.DAY1, Step.CANCELLED, Step.CHANGED})


def manner_of(seat: Seat, sittings: Iterable[Session]) -> Manner:
    """Discreet before volunteer. Where a place is not known there is none to tell."""
    if seat.participant.phone_shared or any(one.venue_id is None for one in sittings):
        return Manner.DISCREET
    bound = seat.referral is not None and seat.referral.mandate != Mandate.VOLUNTEER
    return Manner.PLAIN if bound else Manner.VOLUNTEER


def say(kind: Kind, picked: Picked, scene: Scene) -> str:
    """The words, filled; shorter where that saves a segment. A list of days that would cost too much
    is its first day and how many there are."""
    said = _tight(picked, scene)
    if kind in _LISTING and segments(said) > scene.speech.most_segments:
        return _tight(picked, replace(scene, brief=True))
    return said


def _tight(picked: Picked, scene: Scene) -> str:
    """In the alphabet; and where a long address would cost one more segment, in fewer words if that
    saves it. A partner's own words are left as they are."""
    text = picked.body
    full = said = _spelled(text, scene)
    for long, short in () if picked.own else shipped.TIGHTER.get(picked.language, ()):
        if segments(said) == 1:
            break
        if scene.brief and not short:
            continue  # "Each will be reminded of" is needed where they are not listed.
        text = text.replace(long, short)
        said = _spelled(text, scene)
    return said if segments(said) < segments(full) else full


def _spelled(body: str, scene: Scene) -> str:
    text = fill(body, scene)
    return to_gsm(text) if scene.speech.gsm else text


def _each(was: Was, count: int) -> list[Told | None]:
    """One for each session; nothing known of those that were not named."""
    hands = [was] if was is None or isinstance(was, Told) else list(was)
    return (hands + [None] * count)[:count]


def _summons(sittings: Sequence[Session]) -> Kind:
    if len({paris_day(one.starts_at) for one in sittings}) == 1:
        return Kind.SUMMONS_SAME_DAY
    return Kind.SUMMONS_TWO_DAYS if _same_twice(sittings) else Kind.SUMMONS_MANY


def _same_twice(sittings: Sequence[Session]) -> bool:
    """Two days, one place, the same hours: short enough to be said in full."""
    if len(sittings) != 2:
        return False
    french = speech("fr")
    hours = {(french.hour(one.starts_at), french.hour(one.ends_at)) for one in sittings}
    return len(hours) == 1 and len({one.venue_id for one in sittings}) == 1


def _change(session: Session, was: Told | None) -> Kind:
    """What is new: the place, the time, or both; all of it where the old time is not known."""
    if was is None or was.starts_at is None:
        return Kind.CHANGED_UNKNOWN
    if was.starts_at == session.starts_at:
        return Kind.CHANGED_PLACE
    return Kind.CHANGED if was.venue_id == session.venue_id else Kind.CHANGED_BOTH
