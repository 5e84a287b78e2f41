"""When two practitioners are both free: for a session that they lead together
(`actions.lead_together`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.models import Assignment, Practitioner, Seat, Session, WaitingEntry
from booking.models.session import SessionState
from booking.models.waiting import ON_THE_LIST


@dataclass(frozen=True)
class CommonOpening:
    """From an instant to another, both have a free slot: one, or several without a gap."""

    starts_at: datetime
    ends_at: datetime
    #: Theirs in that time, in order.
    first: tuple[Session, ...]
    second: tuple[Session, ...]


@dataclass
class _Run:
    """Slots of one practitioner that follow each other without a gap."""

    starts_at: datetime
    ends_at: datetime
    slots: list[tuple[int, datetime, datetime]] = field(default_factory=list)

    def between(self, start: datetime, end: datetime) -> list[int]:
        return [pk for pk, begins, stops in self.slots if begins < end and stops > start]


def common_openings(
    by: access.Actor,
    first: Practitioner,
    second: Practitioner,
    *,
    since: datetime,
    until: datetime,
    minutes: int,
    now: datetime,
    limit: int = 20,
) -> list[CommonOpening]:
    """The next moments from `since` to `until` at which both are free for at least so many minutes,
    in order of time. Free is a coming slot that one of them leads alone, of no programme, in which
    nobody sits and for which nobody waits. Two queries, whatever there is, and the account's own.

    Raises NotAllowed unless the account manages both their partners, Invalid for values that make
    no sense.
    """
    for partner_id in {first.partner_id, second.partner_id}:
        access.must_manage(by, partner_id)
    if first.pk == second.pk:
        raise Invalid(_("Choose two practitioners."))
    if since.tzinfo is None or until.tzinfo is None or since >= until:
        raise Invalid(_("Give the beginning and the end, in order."))
    if minutes < 1 or limit < 1:
        raise Invalid(_("Say how long, and how many answers."))
    free = _runs([first.pk, second.pk], since, until, now)
    found = list(
        islice(
            _common(free[first.pk], free[second.pk], since, until, timedelta(minutes=minutes)),
            limit,
        )
    )
    wanted = {pk for _start, _end, ours, theirs in found for pk in (*ours, *theirs)}
    sessions = Session.objects.select_related("partner", "service", "venue").in_bulk(wanted)
    return [
        CommonOpening(start, end, _those(sessions, ours), _those(sessions, theirs))
        for start, end, ours, theirs in found
    ]


def _those(sessions: dict[int, Session], pks: Iterable[int]) -> tuple[Session, ...]:
    return tuple(sessions[pk] for pk in pks if pk in sessions)


def _runs(
    practitioners: list[int], since: datetime, until: datetime, now: datetime
) -> dict[int, list[_Run]]:
    """The free time of each, in order."""
    session = OuterRef("session_id")
    together = Assignment.objects.filter(session=session).exclude(pk=OuterRef("pk"))
    slots = Assignment.objects.filter(
        ~Exists(together),
        ~Exists(Seat.objects.active().filter(session=session)),
        ~Exists(WaitingEntry.objects.filter(session=session, state__in=ON_THE_LIST)),
        practitioner__in=practitioners,
        active=True,
        starts_at__gt=now,
        starts_at__lt=until,
        ends_at__gt=since,
        session__state=SessionState.PLANNED,
        session__programme=None,
    )
    rows = slots.order_by("starts_at").values_list(
        "practitioner_id", "session_id", "starts_at", "ends_at"
    )
    runs: dict[int, list[_Run]] = {pk: [] for pk in practitioners}
    for who, pk, start, end in rows:
        theirs = runs[who]
        if not theirs or theirs[-1].ends_at != start:
            theirs.append(_Run(start, end))
        theirs[-1].ends_at = end
        theirs[-1].slots.append((pk, start, end))
    return runs


def _common(
    ours: list[_Run], theirs: list[_Run], since: datetime, until: datetime, least: timedelta
) -> Iterator[tuple[datetime, datetime, list[int], list[int]]]:
    """Where two lists of runs overlap; each list in order, and nothing in it overlaps."""
    a = b = 0
    while a < len(ours) and b < len(theirs):
        one, other = ours[a], theirs[b]
        start = max(one.starts_at, other.starts_at, since)
        end = min(one.ends_at, other.ends_at, until)
        if end - start >= least:
            yield start, end, one.between(start, end), other.between(start, end)
        if one.ends_at <= other.ends_at:
            a += 1
        else:
            b += 1
