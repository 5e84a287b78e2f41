"""What a text says. Pure: rows in, one French sentence or four out; dates are Europe/Paris.

Always: day, date, time, a number to call, and the place unless the phone is shared. Never a name
of a person, a partner or a service: no template has a slot for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from booking.models import Seat, Session
from booking.models.person import Mandate
from sms import phrases
from sms.discretion import refuse
from sms.gsm import segments, to_gsm
from sms.hours import PARIS, paris_day
from sms.in_hand import Told
from sms.models import Step

__all__ = ["refuse", "render"]


def render(
    step: Step,
    seat: Seat,
    *,
    sittings: Sequence[Session],
    now: datetime,
    was: Told | None = None,
) -> str:
    """The text of this step, in the GSM alphabet.

    `sittings` are the coming sessions that a summons speaks of, the seat's own first; for other
    steps the seat's own session alone. `now` decides whether the eve says "tomorrow". `was` is what
    the person has in hand: a change and a cancellation speak of that.
    """
    session = seat.session
    discreet = seat.participant.phone_shared or session.venue is None
    if step == Step.CHANGED:
        template = _change(session, was, discreet=discreet)
    else:
        template = _template(step, sittings, discreet=discreet)
    in_hand = was.starts_at if was and was.starts_at else session.starts_at
    bound = not _volunteer(seat)
    values = {
        "when": when(session.starts_at),
        "was": when(in_hand),
        "near": _near(session, now),
        "hours": f"{_hour(session.starts_at)} à {_hour(session.ends_at)}",
        "two_days": _two_days(sittings),
        "count": len(sittings),
        "address": session.venue.address if session.venue else "",
        "place": _place(session),
        "at": phrases.AT_NUMBER if _place(session)[:1].isdigit() else phrases.AT_NAME,
        "phone": session.partner.phone,
        "binding": phrases.BINDING if bound else "",
        "binding_day1": phrases.BINDING_DAY1 if bound else "",
    }
    return _tight(template.format_map(values))


def _tight(text: str) -> str:
    """In the alphabet; and where a long address would cost a second segment, in fewer words if
    that saves it."""
    full = said = to_gsm(text)
    for long, short in phrases.TIGHTER:
        if segments(said) == 1:
            break
        text = text.replace(long, short)
        said = to_gsm(text)
    return said if segments(said) < segments(full) else full


def when(moment: datetime) -> str:
    """mardi 14 avril à 18h00"""
    local = moment.astimezone(PARIS)
    return f"{_day(local.date())} {_month(local.date())} à {_hour(moment)}"


def _template(step: Step, sittings: Sequence[Session], *, discreet: bool) -> str:
    if step == Step.CANCELLED:
        return phrases.CANCELLED
    if step == Step.DAY7:
        return phrases.DISCREET_DAY7 if discreet else phrases.DAY7
    if step == Step.DAY1:
        return phrases.DISCREET_DAY1 if discreet else phrases.DAY1
    if len(sittings) < 2:
        return phrases.DISCREET_SUMMONS if discreet else phrases.SUMMONS
    if _same_twice(sittings):
        return phrases.DISCREET_TWO_DAYS if discreet else phrases.SUMMONS_TWO_DAYS
    return phrases.DISCREET_MANY if discreet else phrases.SUMMONS_MANY


def _change(session: Session, was: Told | None, *, discreet: bool) -> str:
    """What is new: the place, the time, or both; all of it where the old time is not known."""
    if was is None or was.starts_at is None:
        return phrases.DISCREET_CHANGED_UNKNOWN if discreet else phrases.CHANGED_UNKNOWN
    if was.starts_at == session.starts_at:
        return phrases.DISCREET_CHANGED_PLACE if discreet else phrases.CHANGED_PLACE
    if discreet:
        return phrases.DISCREET_CHANGED
    return phrases.CHANGED if was.venue_id == session.venue_id else phrases.CHANGED_BOTH


def _same_twice(sittings: Sequence[Session]) -> bool:
    """Two days, one place, the same hours: short enough to be said in full."""
    if len(sittings) != 2:
        return False
    (first, second) = sittings
    same_hours = _hour(first.starts_at) == _hour(second.starts_at) and (
        _hour(first.ends_at) == _hour(second.ends_at)
    )
    apart = paris_day(first.starts_at) != paris_day(second.starts_at)
    return apart and same_hours and first.venue_id == second.venue_id


def _two_days(sittings: Sequence[Session]) -> str:
    """jeudi 16 ET vendredi 17 avril; jeudi 30 avril ET vendredi 1er mai"""
    if len(sittings) != 2:
        return ""
    first, second = (paris_day(session.starts_at) for session in sittings)
    one_month = (first.year, first.month) == (second.year, second.month)
    head = _day(first) if one_month else f"{_day(first)} {_month(first)}"
    return f"{head} ET {_day(second)} {_month(second)}"


def _volunteer(seat: Seat) -> bool:
    return seat.referral is None or seat.referral.mandate == Mandate.VOLUNTEER


def _near(session: Session, now: datetime) -> str:
    """A reminder that was held up overnight must not say "tomorrow" of today."""
    ahead = paris_day(session.starts_at) - paris_day(now)
    if ahead == timedelta(days=1):
        return phrases.TOMORROW
    return phrases.TODAY if not ahead else "du"


def _place(session: Session) -> str:
    if session.venue is None:
        return ""
    room = f" ({session.venue.room})" if session.venue.room else ""
    return session.venue.address + room


def _day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{phrases.DAYS[day.weekday()]} {number}"


def _month(day: date) -> str:
    return phrases.MONTHS[day.month - 1]


def _hour(moment: datetime) -> str:
    """9h00, 18h30"""
    local = moment.astimezone(PARIS)
    return f"{local.hour}h{local.minute:02d}"
