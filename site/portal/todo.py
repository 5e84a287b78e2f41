"""What needs somebody, for the day's page: each list comes from one question to the core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import access
from booking.models import Partner, WaitingEntry
from booking.queries.conflicts import Conflict, conflicts
from booking.queries.deadlines import AtRisk, deadlines_at_risk
from booking.queries.to_call import Call
from booking.queries.to_rebook import ToRebook, to_rebook
from booking.queries.waiting import lapsed, offers_to_confirm
from calendars.queries.unsettled import Unsettled, unsettled
from sms.models import Reply, Text
from sms.queries.out_of_reach import out_of_reach
from sms.queries.outbox import not_arrived
from sms.queries.replies import open_replies

#: So many of those at risk stand open, so many more unfold; the rest is a number.
_FIRST, _MORE = 4, 60
#: Closures are noted at most so far ahead.
_A_YEAR = timedelta(days=400)


@dataclass(frozen=True)
class Todo:
    """In the order of the page: what may hurt somebody, what expires, then what is only late."""

    conflicts: list[Conflict]
    offers: list[WaitingEntry]
    lapsed: list[WaitingEntry]
    #: Booked sessions in which nothing will be held.
    unsettled: list[Unsettled]
    #: What people answered to texts, to read.
    replies: list[Reply]
    #: Texts that did not arrive, one for each seat.
    failed: list[Text]
    calls: list[Call]
    rebook: list[ToRebook]
    risks: list[AtRisk]
    #: Whether this account may search a place for them.
    finds: bool

    def __bool__(self) -> bool:
        lists = (self.conflicts, self.offers, self.lapsed, self.unsettled, self.replies)
        return any((*lists, self.failed, self.calls, self.rebook, self.risks))

    @property
    def first_risks(self) -> list[AtRisk]:
        return self.risks[:_FIRST]

    @property
    def more_risks(self) -> list[AtRisk]:
        return self.risks[_FIRST : _FIRST + _MORE]

    @property
    def risks_not_shown(self) -> int:
        return max(0, len(self.risks) - _FIRST - _MORE)


def todo(user: access.Reader, now: datetime, *, partner: Partner | None) -> Todo:
    """As many queries for one person as for a thousand."""
    failed = not_arrived(user, now, None if partner is None else [partner.pk])
    return Todo(
        conflicts=conflicts(user, now, partner=partner),
        offers=offers_to_confirm(user, now, partner=partner),
        lapsed=lapsed(user, now, partner=partner),
        unsettled=unsettled(user, now, until=now + _A_YEAR, partner=partner),
        replies=open_replies(user, partner),
        failed=failed,
        calls=out_of_reach(user, now, partner=partner, listed=failed),
        rebook=to_rebook(user, now, partner=partner),
        risks=deadlines_at_risk(user, now, partner=partner),
        finds=access.may_seat_people(user),
    )
