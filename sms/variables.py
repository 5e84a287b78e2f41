"""What may stand in braces in a text, and what it becomes. Nothing else can get into a template.

The names are French because those who write templates read French screens and French texts; they
are data, kept in rows, and do not follow the language of a screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import Session
from sms.hours import paris_day
from sms.languages import Speech

#: A name in braces, and nothing cleverer: no format, no attribute, no index.
SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a text speaks of. `sittings` in order of time; `own` is the seat's; `in_hand` the times
    that the person was told before; `brief` says only the first of many."""

    own: Session
    sittings: Sequence[Session]
    in_hand: Sequence[datetime]
    now: datetime
    until: datetime
    phone: str
    speech: Speech
    brief: bool = False

    @property
    def starts(self) -> list[datetime]:
        return [session.starts_at for session in self.sittings]

    def place(self, session: Session, *, room: bool) -> str:
        venue = session.venue
        if venue is None:
            return ""
        return f"{venue.address} ({venue.room})" if room and venue.room else venue.address

    def places(self, *, room: bool) -> str:
        """Street and town; of several, each once."""
        said = dict.fromkeys(self.place(session, room=room) for session in self.sittings)
        return self.speech.listed([self.speech.latin(place) for place in said if place])


def _at_place(scene: Scene) -> str:
    place = scene.places(room=True)
    return (scene.speech.at_number if place[:1].isdigit() else scene.speech.at_name) + place


def _dates(scene: Scene) -> str:
    if scene.brief:
        return f"{scene.speech.first} {scene.speech.when(scene.starts[0])}"
    return scene.speech.dates(scene.starts)


def _meetings(scene: Scene) -> str:
    """mardi 14 avril à 9h00 et à 14h00, 12 rue des Lilas, Pontoise; of two places, each with its
    hours."""
    sittings = scene.sittings[:1] if scene.brief else scene.sittings
    by_place: dict[str, list[Session]] = {}
    for session in sittings:
        by_place.setdefault(scene.place(session, room=False), []).append(session)
    if len(by_place) == 1:
        return _with_place(scene, _dates(scene), next(iter(by_place)))
    said = [
        _with_place(scene, scene.speech.dates([one.starts_at for one in there]), place)
        for place, there in by_place.items()
    ]
    return " ; ".join(said) if scene.speech.rightward else "؛ ".join(said)


def _with_place(scene: Scene, dates: str, place: str) -> str:
    return f"{dates}{scene.speech.comma}{scene.speech.latin(place)}" if place else dates


def _hours(scene: Scene) -> str:
    said = scene.speech.hour(scene.own.starts_at), scene.speech.hour(scene.own.ends_at)
    return scene.speech.to.join(said)


def _two_days(scene: Scene) -> str:
    days = list(dict.fromkeys(paris_day(start) for start in scene.starts))
    return scene.speech.days(days, before_last=scene.speech.both)


@dataclass(frozen=True, slots=True)
class Variable:
    meaning: Promise
    value: Callable[[Scene], str]


VARIABLES: dict[str, Variable] = {
    "quand": Variable(
        _("day, date and time: mardi 14 avril à 18h00"), lambda it: it.speech.dates(it.starts)
    ),
    "jour": Variable(
        _("day and date: mardi 14 avril"),
        lambda it: it.speech.days(list(dict.fromkeys(map(paris_day, it.starts)))),
    ),
    "heure": Variable(
        _("time: 18h00"), lambda it: it.speech.listed([it.speech.hour(one) for one in it.starts])
    ),
    "demain": Variable(
        _("“demain”, or “aujourd'hui” when the text leaves on the day itself"),
        lambda it: it.speech.near(it.starts[0], it.now),
    ),
    "adresse": Variable(_("street and town"), lambda it: it.places(room=False)),
    "lieu": Variable(_("street, town and room"), lambda it: it.places(room=True)),
    "au_lieu": Variable(
        _("the same after “a lieu”: au 3 place du Parc, or ici : Maison des Lilas"), _at_place
    ),
    "tel": Variable(_("your number to call, always needed"), lambda it: it.speech.latin(it.phone)),
    "ancien": Variable(
        _("day, date and time that the person was told before"),
        lambda it: it.speech.dates(it.in_hand),
    ),
    "deux_jours": Variable(_("both days: jeudi 16 ET vendredi 17 avril"), _two_days),
    "horaires": Variable(_("from when to when: 9h00 à 16h00"), _hours),
    "nombre": Variable(_("how many appointments"), lambda it: str(len(it.sittings))),
    "dates": Variable(_("all days and times, without places"), _dates),
    "rdv": Variable(_("all days and times, with their places"), _meetings),
    "avant": Variable(
        _("until when an offered place is held"), lambda it: it.speech.when(it.until)
    ),
}


def fill(body: str, scene: Scene) -> str:
    """The words with the values in. A value is never read as a template; an unknown name is said as
    it stands, which no checked template has."""

    def value(slot: re.Match[str]) -> str:
        known = VARIABLES.get(slot[1])
        return known.value(scene) if known else slot[0]

    # A variable that says nothing leaves no double blank.
    return re.sub(r" {2,}", " ", SLOT.sub(value, body))
