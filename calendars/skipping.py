"""What speaks against a date, and what becomes of it then. Values in, values out: no query.

In this order: a closure (of the network, the partner, the venue), a public holiday, the school
holidays, a weekend. The first that skips the date decides, else an absence that leaves nobody to
lead it, else the first that warns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from booking import errors
from booking.errors import (
    BookingError,
    CannotCarry,
    Invalid,
    NotAdvised,
    NotPossibleHere,
    PractitionerBusy,
    TooLate,
)
from booking.models import Practitioner
from calendars.closures import public_holiday, school_holiday
from calendars.models import Closure, Rhythm, Treatment, Why

#: The name on every date of a rhythm that cannot be published as a whole.
RHYTHM_INVALID: Final = "RhythmInvalid"
_NOT_OF_PEOPLE: Final = frozenset(one.__name__ for one in (PractitionerBusy, Invalid, TooLate))
# Of the dates that were noted before all these became one.
_OF_PEOPLE: Final = frozenset(one.__name__ for one in (CannotCarry, NotAdvised, NotPossibleHere))


@dataclass(frozen=True, slots=True)
class Verdict:
    why: Why
    #: Of the holiday or the closure, as everybody may read it.
    name: str
    #: Else it takes place, with a warning.
    skipped: bool


class Stretch(Protocol):
    """Anything that takes time: aware instants in Europe/Paris, half-open."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


class Judge:
    """Knows one rhythm and the closures of the time in question."""

    def __init__(self, rhythm: Rhythm, closures: Collection[Closure]) -> None:
        self.rhythm = rhythm
        absences = [one for one in closures if one.practitioner_id is not None]
        self.absences = absences
        self.closures = sorted((one for one in closures if one not in absences), key=_breadth)

    def absent(self, span: Stretch, leaders: Sequence[Practitioner]) -> dict[int, Closure]:
        """Who of the leaders is not there, by primary key, and the first closure that says so."""
        found: dict[int, Closure] = {}
        for one in self.absences:
            if one.practitioner_id is not None and touches(one, span):
                found.setdefault(one.practitioner_id, one)
        return {leader.pk: found[leader.pk] for leader in leaders if leader.pk in found}

    def verdict(
        self, span: Stretch, leaders: Sequence[Practitioner] = (), *, elsewhere: bool = False
    ) -> Verdict | None:
        """`elsewhere`: it takes place in another room, whose closures are not known here."""
        said = list(self._said(span, elsewhere))
        absent = self.absent(span, leaders) if self.absences else {}
        if absent:
            name = next(iter(absent.values())).name
            said.append(Verdict(Why.ABSENCE, name, len(absent) == len(leaders)))
        return next((one for one in said if one.skipped), said[0] if said else None)

    def _said(self, span: Stretch, elsewhere: bool) -> Iterator[Verdict]:
        rhythm, day = self.rhythm, span.start.date()
        if rhythm.closures != Treatment.HOLD:
            for one in self.closures:
                if touches(one, span) and not (elsewhere and one.venue_id is not None):
                    yield _verdict(Why.CLOSURE, one.name, rhythm.closures)
                    break
        if rhythm.public_holidays != Treatment.HOLD and (name := public_holiday(day)):
            yield _verdict(Why.PUBLIC_HOLIDAY, name, rhythm.public_holidays)
        if rhythm.school_holidays != Treatment.HOLD and (name := school_holiday(day)):
            yield _verdict(Why.SCHOOL_HOLIDAY, name, rhythm.school_holidays)
        if rhythm.weekends != Treatment.HOLD and day.weekday() >= 5:
            yield _verdict(Why.WEEKEND, "", rhythm.weekends)


def touches(closure: Closure, span: Stretch) -> bool:
    return closure.starts_at < span.end and span.start < closure.ends_at


def reason(why: str, name: str) -> Promise | str:
    """Why a date is no session, or one with a warning, in words for people."""
    if why == Why.REFUSED:
        return _refusal(name)
    label = str(Why(why).label)
    said = f"{label[:1].upper()}{label[1:]}"
    return _("%(what)s: %(name)s.") % {"what": said, "name": name} if name else f"{said}."


def refusal_kept(name: str) -> str:
    """Under which name a refused date keeps this error. All that comes from people is one and the
    same, whoever published: what else it is called may tell that somebody has a safety rule."""
    return name if name in _NOT_OF_PEOPLE else CannotCarry.__name__


def _refusal(name: str) -> Promise | str:
    """What the error of this name says when it names nobody."""
    if name == RHYTHM_INVALID:
        return _(
            "Its service, its practitioners or another value is not possible any more: change the "
            "rhythm or end it."
        )
    if name in _OF_PEOPLE:
        return _("Not everybody who is enrolled could come along.")
    kind = getattr(errors, name, BookingError)
    refusal = isinstance(kind, type) and issubclass(kind, BookingError)
    return kind.message if refusal else BookingError.message


def _breadth(closure: Closure) -> tuple[bool, bool, datetime]:
    """The network's before a partner's before a venue's."""
    return closure.venue_id is not None, closure.partner_id is not None, closure.starts_at


def _verdict(why: Why, name: str, treatment: str) -> Verdict:
    return Verdict(why, name, treatment == Treatment.SKIP)
