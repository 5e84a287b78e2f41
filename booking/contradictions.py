"""What two records hold that one person cannot: looked for before they are merged.

What is still to come has to be settled by somebody first. What is over is only a trace: the
absorbed record keeps it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from booking.errors import NotPossibleHere, Rival
from booking.models import (
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    Participant,
    Seat,
    Session,
    WaitingEntry,
)
from booking.models.programme import STANDING_STATES
from booking.models.session import SessionState
from booking.models.waiting import ON_THE_LIST


@dataclass
class Findings:
    """`rivals` stand in the way; the rest are primary keys of rows that stay with the absorbed."""

    rivals: list[Rival] = field(default_factory=list)
    seats: set[int] = field(default_factory=set)
    enrolments: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)


def look(keep: Participant, absorb: Participant, now: datetime) -> Findings:
    """Compare the two. Call with both locked, and the sessions in which they are expected.

    Raises NotPossibleHere when they must not meet: then they are two people.
    """
    theirs = {keep.pk, absorb.pk}
    if AvoidancePair.objects.filter(first__in=theirs, second__in=theirs).exists():
        raise NotPossibleHere
    kept, other = _Holdings(keep), _Holdings(absorb)
    found = Findings()
    _seats(kept, other, now, found)
    _enrolments(kept, other, now, found)
    _waiting(kept, other, now, found)
    for one, rules in ((kept, other), (other, kept)):
        found.rivals += _awaited_and_seated(one, rules, now)
        found.rivals += _unsafe(one, rules.person, now)
    found.rivals = list(dict.fromkeys(found.rivals))
    return found


class _Holdings:
    """The places that one record has, and those it waits for."""

    def __init__(self, person: Participant) -> None:
        self.person = person
        self.seats = list(
            Seat.objects.active()
            .filter(participant=person)
            .select_related("session")
            .order_by("starts_at", "pk")
        )
        self.enrolments = {
            one.programme_id: one
            for one in Enrolment.objects.filter(
                participant=person, state__in=STANDING_STATES
            ).select_related("programme")
        }
        on_the_list = WaitingEntry.objects.filter(participant=person, state__in=ON_THE_LIST)
        self.waiting = {
            (one.session_id, one.programme_id): one
            for one in on_the_list.select_related("session", "programme")
        }

    def coming(self, now: datetime) -> list[Seat]:
        return [seat for seat in self.seats if seat.starts_at > now]


def _seats(kept: _Holdings, other: _Holdings, now: datetime, found: Findings) -> None:
    for seat in other.seats:
        for mine in kept.seats:
            if seat.starts_at < mine.ends_at and mine.starts_at < seat.ends_at:
                if max(seat.starts_at, mine.starts_at) > now:
                    found.rivals += [_session(seat.session), _session(mine.session)]
                else:
                    found.seats.add(seat.pk)


def _enrolments(kept: _Holdings, other: _Holdings, now: datetime, found: Findings) -> None:
    for programme_id in kept.enrolments.keys() & other.enrolments.keys():
        enrolment = other.enrolments[programme_id]
        both = {enrolment.pk, kept.enrolments[programme_id].pk}
        if any(seat.enrolment_id in both for seat in kept.coming(now) + other.coming(now)):
            found.rivals.append(Rival(enrolment.programme.label))
        else:
            found.enrolments.add(enrolment.pk)
            # One enrolment, one person: what was attended through it stays beside it.
            found.seats |= set(
                Seat.objects.filter(enrolment=enrolment).values_list("pk", flat=True)
            )


def _waiting(kept: _Holdings, other: _Holdings, now: datetime, found: Findings) -> None:
    for target in kept.waiting.keys() & other.waiting.keys():
        entry = other.waiting[target]
        if _over(entry, now):
            found.waiting.add(entry.pk)
        else:
            found.rivals.append(_target(entry))


def _awaited_and_seated(one: _Holdings, other: _Holdings, now: datetime) -> Iterable[Rival]:
    """One waits for a place that the other has."""
    seated = {seat.session_id for seat in other.coming(now)}
    for entry in one.waiting.values():
        if entry.session_id in seated or entry.programme_id in other.enrolments:
            yield _target(entry)


def _unsafe(one: _Holdings, rules: Participant, now: datetime) -> Iterable[Rival]:
    """Places to come that the other record's safety rules forbid. In the same words as the rest:
    whoever reads this learns no reason."""
    coming = one.coming(now)
    hidden = set(HiddenFrom.objects.filter(participant=rules).values_list("partner_id", flat=True))
    mates = _with_mates(rules, [seat.session_id for seat in coming])
    for seat in coming:
        early = rules.not_before and timezone.localdate(seat.starts_at) < rules.not_before
        if seat.session.partner_id in hidden or mates[seat.session_id] or early:
            yield _session(seat.session)


def _with_mates(person: Participant, sessions: list[int]) -> dict[int, bool]:
    """Session → whether somebody sits there whom this person must not meet."""
    pairs = AvoidancePair.objects.filter(Q(first=person) | Q(second=person))
    others = {pk for pair in pairs.values_list("first_id", "second_id") for pk in pair}
    there = Seat.objects.active().filter(session__in=sessions, participant__in=others - {person.pk})
    return defaultdict(bool, dict.fromkeys(there.values_list("session_id", flat=True), True))


def _over(entry: WaitingEntry, now: datetime) -> bool:
    if entry.session is not None:
        return entry.session.cancelled or entry.session.starts_at <= now
    sessions = Session.objects.filter(programme=entry.programme, state=SessionState.PLANNED)
    # Without any session yet, it is to come.
    return sessions.exists() and not sessions.filter(starts_at__gt=now).exists()


def _target(entry: WaitingEntry) -> Rival:
    if entry.session is not None:
        return _session(entry.session)
    return Rival(str(entry.programme))


def _session(session: Session) -> Rival:
    when = timezone.localtime(session.starts_at)
    return Rival(session.label, f"{when:%d/%m/%Y %H:%M}")
