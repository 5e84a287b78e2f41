"""Claimed texts, looked at together just before their turn. Asking for each alone, with its person
locked, took ten times as long as sending it; so what they would say is prepared for the batch, and
under the lock only asked whether anything changed since (sms.fingerprint)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.models import Seat
from sms import fingerprint, webhooks
from sms.fingerprint import Locked, Print
from sms.gsm import segments
from sms.hours import closing
from sms.leases import Claim
from sms.models import Step, Text, TextState
from sms.recheck import judge, look
from sms.transports import Message
from sms.verdict import Verdict

#: Older than this, it is looked at again.
FRESH = timedelta(seconds=10)
#: These hang on more than a person's own rows.
_ALONE = frozenset({Step.OFFER, Step.ANSWER})


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A text that may leave, as far as was seen at `at`."""

    verdict: Verdict
    message: Message
    at: datetime
    until: datetime
    today: int
    print: Print

    def still_true(self, locked: Locked, now: datetime) -> bool:
        """With the person locked, and read as they were read then."""
        fresh = self.at <= now < self.until
        return fresh and (locked.today, locked.print) == (self.today, self.print)


def foresee(claims: Collection[Claim], now: datetime) -> dict[int, Foreseen]:
    """Those of the claimed texts that may leave within the next seconds, by primary key. The same
    queries for one as for many."""
    people = {claim.pk: claim.person_id for claim in claims}
    # First, so that whatever changes while the rest is read shows.
    prints = fingerprint.of(set(people.values()), now)
    texts = [
        text
        for text in Text.objects.filter(pk__in=people)
        .select_related("seat")
        .exclude(step__in=_ALONE)
        if text.seat.participant_id == people[text.pk] and prints[people[text.pk]]
    ]
    if not texts:
        return {}
    known = look(texts, now)
    found = {}
    for text in texts:
        seen = known[text.pk]
        verdict = judge(text, seen, now)
        seat = next(one for one in seen.picture.seats if one.pk == text.seat_id)
        # Rows of a merged record, at which the print does not look.
        strangers = any(one.participant_id != seat.participant_id for one in seen.picture.seats)
        if verdict.state == TextState.CLAIMED and not strangers:
            said = message(text, seat, verdict)
            until = min(now + FRESH, text.expires_at, closing(now, seen.picture.rules(seat)))
            print_ = prints[seat.participant_id]
            found[text.pk] = Foreseen(verdict, said, now, until, seen.today, print_)
    return found


def message(text: Text, seat: Seat, verdict: Verdict) -> Message:
    partner = seat.session.partner
    return Message(
        text_id=text.pk,
        sender=partner.sms_sender,
        to=seat.participant.phone,
        body=verdict.body,
        segments=segments(verdict.body),
        callback=webhooks.status_callback(text.pk),
        messaging_service=partner.messaging_service,
    )
