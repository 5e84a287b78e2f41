"""The letter that takes a text's place, for those whom no text reaches.

An envelope may be opened by somebody else, so it is as discreet as a text: the sender's neutral name,
a number to call, days, hours and addresses; beside the person's own name and address nothing that a
text may not say. In French, like every letter of the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.models import Participant, Session
from booking.models.person import Mandate
from portal import wording
from portal.documents import typesetting
from sms.discretion import refuse
from sms.in_hand import Told
from sms.queries.letters import Matter

#: The window shows so many lines; a longer address goes on in its last one.
_LINES = 5
_REFUSED = {
    "word": _(
        "No letter: a word that an envelope must not hold would stand in it, perhaps in the name of "
        "the street or of the room. Call this person instead."
    ),
    "name": _(
        "No letter: somebody’s name would stand in it, perhaps in the name of the street or of the "
        "room. Call this person instead."
    ),
}
_REFUSED_ELSE = _(
    "No letter: the name of the partner or of the service would stand in it, perhaps in the address. "
    "Call this person instead."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One sitting. `instead`: what the person has in hand and is no longer true."""

    day: str
    hours: str
    place: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Words only, each as it is printed."""

    sender: str
    phone: str
    recipient: tuple[str, ...]
    date: str
    heading: str
    opening: tuple[str, ...]
    rows: tuple[Row, ...]
    closing: tuple[str, ...]
    call: str

    def said(self) -> str:
        """Everything but the recipient's own name and address."""
        rows = (word for row in self.rows for word in (row.day, row.hours, row.place, row.instead))
        parts = (self.sender, self.phone, self.heading, *self.opening, *rows, *self.closing)
        return "\n".join((*parts, self.call))


def compose(matter: Matter, *, now: datetime) -> Letter:
    """The letter about this seat as things are now. Raises Invalid, with the reason, when it would
    say what no letter may say."""
    with translation.override("fr"):
        letter = _composed(matter, timezone.localdate(now))
    for seat in matter.spoken_of:
        if why := refuse(letter.said(), seat):
            raise Invalid(_REFUSED.get(why, _REFUSED_ELSE))
    return letter


def printed(letters: Iterable[Letter]) -> bytes:
    """One PDF, a page a letter. Raises Unprintable."""
    # The title is what a screen reader announces and what a window's bar shows.
    content = {"title": "Courrier", "letters": [asdict(one) for one in letters]}
    return typesetting.pdf("letter", content)


def _composed(matter: Matter, today: date) -> Letter:
    heading, opening = _news(matter, today)
    partner = matter.seat.session.partner
    rows = tuple(_row(seat.session, matter.was.get(seat.pk), today) for seat in matter.coming)
    return Letter(
        sender=partner.sms_sender,
        phone=partner.phone,
        recipient=_recipient(matter.seat.participant),
        date=f"Le {wording.day(today, weekday=False, today=date.min)}",
        heading=heading,
        opening=opening,
        rows=rows,
        closing=_closing(matter, today),
        call=f"{_why_call(matter)} {partner.phone}.",
    )


def _recipient(person: Participant) -> tuple[str, ...]:
    """“Mickaël Hamel” and the lines of the address, if there is one."""
    name = f"{person.first_name} {person.last_name}"
    lines = [line.strip() for line in person.postal_address.splitlines() if line.strip()]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], ", ".join(lines[_LINES - 1 :])]
    return name, *lines


def _news(matter: Matter, today: date) -> tuple[str, tuple[str, ...]]:
    """What it is about, and how it begins."""
    hello = "Bonjour,"
    if matter.missed:
        day = _when(matter.missed.session.starts_at, today)
        return "Rendez-vous manqué", (hello, f"Vous avez manqué votre rendez-vous du {day}.")
    if not matter.coming:
        said = [f"Votre rendez-vous du {day} n’a pas lieu." for day in _days(matter, today)]
        after = "Ne venez pas. Nous vous donnerons une autre date."
        return "Rendez-vous annulé", (hello, *said, after)
    if matter.offered_until:
        until = _when(matter.offered_until, today)
        ask = f"Une place vous est proposée. Pour la garder, appelez avant le {until} :"
        return "Une place pour vous", (hello, ask)
    if matter.was:
        return "Changement de rendez-vous", (hello, _changed(matter, today))
    if len(matter.coming) > 1:
        return "Vos rendez-vous", (hello, "Vous avez rendez-vous :")
    return "Votre rendez-vous", (hello, "Vous avez rendez-vous :")


def _changed(matter: Matter, today: date) -> str:
    if len(matter.coming) > 1:
        return "Vos rendez-vous changent. Voici les dates et les adresses à retenir :"
    [seat] = matter.coming
    was = matter.was[seat.pk]
    if was.starts_at is None:
        return "Votre rendez-vous change. Il a lieu :"
    new = "change d’adresse" if was.starts_at == seat.session.starts_at else "est déplacé"
    return f"Votre rendez-vous du {_when(was.starts_at, today)} {new}. Il a lieu :"


def _closing(matter: Matter, today: date) -> tuple[str, ...]:
    if matter.missed or not matter.coming:
        return ()
    gone = tuple(f"Le rendez-vous du {day} n’a pas lieu." for day in _days(matter, today))
    bring = "Apportez une pièce d’identité. Prévoyez votre trajet et prévenez votre employeur."
    if matter.offered_until:
        return *gone, bring
    return *gone, *_bound(matter), bring


def _bound(matter: Matter) -> tuple[str, ...]:
    """Nothing of it for a volunteer, as in texts."""
    referral = matter.seat.referral
    if referral is None or referral.mandate == Mandate.VOLUNTEER:
        return ()
    return ("Votre présence est obligatoire, une absence est signalée.",)


def _why_call(matter: Matter) -> str:
    if matter.missed:
        return "Pour fixer une autre date, appelez vite le"
    if matter.offered_until:
        return "Pour répondre, appelez le"
    # U+202F before the question mark.
    return "Un problème\u202f? Appelez le" if matter.coming else "Une question\u202f? Appelez le"


def _days(matter: Matter, today: date) -> Sequence[str]:
    return [_when(seat.session.starts_at, today) for seat in matter.cancelled]


def _row(session: Session, was: Told | None, today: date) -> Row:
    day = wording.day(session.starts_at, today=today)
    start, end = wording.hour(session.starts_at), wording.hour(session.ends_at)
    instead = ""
    if was and was.starts_at and was.starts_at != session.starts_at:
        instead = f"au lieu du {_when(was.starts_at, today)}"
    return Row(day, f"de {start} à {end}", _place(session), instead)


def _place(session: Session) -> str:
    """Street, postcode, town and room; never the venue's own name, which may say what it is."""
    venue = session.venue
    if venue is None:
        return ""
    room = f" ({venue.room})" if venue.room else ""
    return f"{venue.street}, {venue.postcode} {venue.city}{room}"


def _when(moment: datetime, today: date) -> str:
    """“mardi 14 avril à 18 h”."""
    return f"{wording.day(moment, today=today)} à {wording.hour(moment)}"
