"""Who waits, in the one order, and what was offered to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import Partner, Programme, Seat, Session, WaitingEntry
from booking.models.programme import ProgrammeKind
from booking.models.session import SessionState
from booking.models.waiting import ON_THE_LIST, WaitingQuerySet, WaitingState

# One sentence for every reason of safety, so that nobody can tell which it was.
_NOT_POSSIBLE: Final = _("not possible here")
_WORDS: Final[dict[str, Promise]] = {
    "AlreadyEnrolled": _("is enrolled already"),
    "AlreadySeated": _("has a seat there already"),
    "InterviewFirst": _("an interview must come first"),
    "Merged": _("the record was merged into another one"),
    "OtherPurpose": _("the slot is taken for another service"),
    "Overlaps": _("has a seat somewhere else at that time"),
    "SessionFull": _("not every session has room"),
    "TooEarly": _("cannot come so early"),
    "TooSoon": _("starts too soon to be offered"),
}


def why_passed(code: str) -> Promise | str:
    """The last reason for which a place went to somebody else, in words; "" when there was none.
    A code that is not known reads like a reason of safety."""
    return _WORDS.get(code, _NOT_POSSIBLE) if code else ""


@dataclass(frozen=True)
class Waiter:
    """Somebody on the list whose record the reader may open."""

    entry: WaitingEntry
    #: From 1, counting everybody, also those whom the reader may not see.
    position: int
    #: The mandate's, for whoever may see the referral: it may be another partner's.
    deadline: date | None

    @property
    def offered(self) -> bool:
        return self.entry.state == WaitingState.OFFERED

    @property
    def passed_over(self) -> Promise | str:
        return why_passed(self.entry.passed_for)


@dataclass(frozen=True)
class WaitingList:
    """Who waits for one session or programme, as one reader may see it."""

    people: list[Waiter]
    #: How many more wait, whose record is not the reader's to open.
    hidden: int
    _until: dict[tuple[str, int | None], datetime | None] = field(default_factory=dict, repr=False)

    def held_until(self, seat: Seat) -> datetime | None:
        """When the offer ends for which this seat is held; None for another seat."""
        ends = self._until.get(("seat", seat.pk))
        if ends is None and seat.enrolment_id is not None:
            ends = self._until.get(("enrolment", seat.enrolment_id))
        return ends

    def __len__(self) -> int:
        return len(self.people) + self.hidden


def waiting_list(target: Session | Programme, user: access.Reader) -> WaitingList:
    """Two queries. For a session: those who wait for it, and those who wait for its programme, as
    one list. Whoever has an unanswered offer is still on it."""
    entries = WaitingEntry.objects.filter(state__in=ON_THE_LIST).filter(_for(target))
    seen = set(entries.visible_to(user).values_list("pk", flat=True))
    ordered = list(entries.select_related("participant", "referral").in_order())
    people = [
        Waiter(entry, position, _deadline(entry, user))
        for position, entry in enumerate(ordered, start=1)
        if entry.pk in seen
    ]
    until: dict[tuple[str, int | None], datetime | None] = {}
    for entry in ordered:
        if entry.state == WaitingState.OFFERED:
            what = ("seat", entry.seat_id) if entry.seat_id else ("enrolment", entry.enrolment_id)
            until[what] = entry.held_until
    return WaitingList(people, len(ordered) - len(people), until)


def _deadline(entry: WaitingEntry, user: access.Reader) -> date | None:
    held = access.scope(user)
    if entry.referral is None or not (held.network or entry.referral.partner_id in held.admin_of):
        return None
    return entry.referral.deadline


def _for(target: Session | Programme) -> Q:
    if isinstance(target, Programme):
        return Q(programme=target)
    if target.programme_id is None:
        return Q(session=target)
    return Q(session=target) | Q(programme=target.programme_id)


def offers_to_confirm(
    user: access.Reader, now: datetime, *, partner: Partner | None = None
) -> list[WaitingEntry]:
    """Offers that still hold, the soonest to expire first. One query."""
    entries = _of(partner, WaitingEntry.objects.visible_to(user))
    open_ = entries.filter(state=WaitingState.OFFERED, held_until__gt=now)
    return list(_with_target(open_).order_by("held_until", "pk"))


def lapsed(
    user: access.Reader, now: datetime, *, partner: Partner | None = None
) -> list[WaitingEntry]:
    """Offers that nobody answered, while the place could still be had: somebody must call. Not
    those who were put on the list again or have a place there. The latest first. One query."""
    me = {"participant_id": OuterRef("participant_id")}
    again = WaitingEntry.objects.filter(
        Q(session_id=OuterRef("session_id")) | Q(programme_id=OuterRef("programme_id")),
        pk__gt=OuterRef("pk"),
        **me,
    )
    seated = Seat.objects.active().filter(
        Q(session_id=OuterRef("session_id"))
        | Q(session__programme_id=OuterRef("programme_id"), starts_at__gt=now),
        **me,
    )
    entries = _of(partner, WaitingEntry.objects.visible_to(user)).filter(
        _still_to_start(now), ~Exists(again), ~Exists(seated), state=WaitingState.LAPSED
    )
    return list(_with_target(entries).order_by(F("held_until").desc(nulls_last=True), "-pk"))


def not_begun(now: datetime) -> Q:
    """That one may still be offered what is waited for: a session to come; a programme that may be
    joined at any time, or has not begun. Nobody waits for anything else, whatever the row says
    until the clock's next round."""
    begun = Session.objects.filter(
        programme_id=OuterRef("programme_id"),
        state=SessionState.PLANNED,
        starts_at__lte=now,
    )
    joinable = Q(programme__kind=ProgrammeKind.OPEN_GROUP) | Q(programme__late_joining=True)
    return Q(session__starts_at__gt=now, session__state=SessionState.PLANNED) | (
        Q(programme__isnull=False) & (joinable | ~Q(Exists(begun)))
    )


def _still_to_start(now: datetime) -> Q:
    """A session to come; a programme with sessions to come that one may still join."""
    coming = Session.objects.filter(
        programme_id=OuterRef("programme_id"), state=SessionState.PLANNED, starts_at__gt=now
    )
    return not_begun(now) & (Q(programme__isnull=True) | Q(Exists(coming)))


def _of(partner: Partner | None, entries: WaitingQuerySet) -> WaitingQuerySet:
    if partner is None:
        return entries
    return entries.filter(Q(session__partner=partner) | Q(programme__partner=partner))


def _with_target(entries: WaitingQuerySet) -> WaitingQuerySet:
    return entries.select_related(
        "participant", "referral", "seat", "session__partner", "programme__partner"
    )


def positions(now: datetime) -> dict[tuple[int, int, int], int]:
    """(person, partner, service) → the best place in a list for it, from 1: in a list of that
    partner, or in one where the person waits for a referral to that partner. The lists of what has
    begun left out. One query."""
    rows = (
        WaitingEntry.objects.filter(not_begun(now), state__in=ON_THE_LIST)
        .in_order()
        .values_list(
            "participant_id",
            "session_id",
            "programme_id",
            "session__partner_id",
            "session__service_id",
            "programme__partner_id",
            "programme__service_id",
            "referral__partner_id",
            "referral__service_id",
        )
    )
    length: dict[tuple[int | None, int | None], int] = defaultdict(int)
    best: dict[tuple[int, int, int], int] = {}
    for person, session, programme, *wishes in rows:
        length[session, programme] += 1
        place = length[session, programme]
        # The session's, the programme's and the referral's partner and service.
        for partner, service in zip(wishes[::2], wishes[1::2], strict=True):
            if partner is not None:
                whose = (person, partner, service)
                best[whose] = min(best.get(whose, place), place)
    return best
