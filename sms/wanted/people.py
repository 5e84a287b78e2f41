"""Whose texts: seat by seat, or a whole enrolment together; only people whom a text reaches, and
none before the day from which they can come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from booking.models import Participant, Seat
from booking.reach import why_no_text
from sms import problems
from sms.hours import ANY_DAY, next_opening, opening_of
from sms.models import Step, Text, TextState
from sms.policies import RuleBook, Rules
from sms.wanted import coming, news, places
from sms.wanted.wish import NOTHING, Facts, Wanted


@dataclass(frozen=True, slots=True)
class Together:
    """One seat, or every seat of one enrolment in order of time, and what was written about them."""

    seats: list[Seat]
    texts: list[Text]
    now: datetime
    book: RuleBook
    facts: Facts

    @property
    def person(self) -> Participant:
        """Whose they are. The last, for what is to come: a first sitting may have stayed with a
        merged record."""
        return self.seats[-1].participant

    def rules(self, seat: Seat) -> Rules:
        return self.book.of(seat.session.partner_id, seat.session.service_id)

    def ahead(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.session.starts_at > self.now]

    def failed(self, text: Text) -> bool:
        """An attempt that a human takes over. One for a seat that they left is nobody's task."""
        return (
            text.state == TextState.FAILED
            and text.carried_to_id is None
            and not undone(text, self.person)
        )


def reachable(person: Participant) -> bool:
    """Whether a text may be sent to this person at all; the others are called or written to."""
    return why_no_text(person) is None


def undone(text: Text, person: Participant) -> bool:
    """Whether a failure is history: the number is another one now; or it was wrong or refused, and
    was confirmed or allowed since, as it must have been for this person to be reachable."""
    if text.state != TextState.FAILED or text.erased_at is not None:
        return False
    if text.to and text.to != person.phone:
        return True
    problem = problems.of(text.problem)
    return (problem.number_is_bad or problem.opted_out) and reachable(person)


def wanted_texts(
    seats: Iterable[Seat],
    texts: Iterable[Text],
    now: datetime,
    book: RuleBook,
    facts: Facts = NOTHING,
) -> Iterator[Wanted]:
    """The texts that ought to exist, past reminders included: those keep a row, but get none.
    `seats` in order of time, each enrolment whole; `texts` are all of theirs."""
    by_seat: dict[int, list[Text]] = defaultdict(list)
    for text in texts:
        if text.step != Step.ANSWER:
            by_seat[text.carried_to_id or text.seat_id].append(text)
    groups: dict[tuple[str, int], list[Seat]] = defaultdict(list)
    for seat in seats:
        group = ("one", seat.pk) if seat.enrolment_id is None else ("whole", seat.enrolment_id)
        groups[group].append(seat)
    for theirs in groups.values():
        written = [text for seat in theirs for text in by_seat[seat.pk]]
        together = Together(theirs, written, now, book, facts)
        if reachable(together.person):
            yield from _of(together)


def _of(together: Together) -> Iterator[Wanted]:
    """One summons for the whole, a reminder for each sitting; whoever has another time or place in
    hand gets a change, and no summons that would leave the old one standing."""
    changes = {one.seat_id: one for one in _released(news.changes(together), together)}
    yield from changes.values()
    summons = [] if changes else list(_released(coming.summons(together), together))
    yield from summons
    for one in _released(coming.reminders(together), together):
        # Before the change they would say the new time without a word of the old one; before the
        # summons there is nothing to be reminded of.
        first = changes.get(one.seat_id) or next(iter(summons), None)
        if first is None or one.due_at > first.due_at:
            yield one
    yield from _released(news.cancellations(together), together)
    yield from _released(places.offers(together), together)
    yield from _released(places.missed(together), together)


def _released(wishes: Iterable[Wanted], together: Together) -> Iterator[Wanted]:
    """Nothing before the morning of the day from which somebody can come: until then the phone is
    in other hands."""
    day = together.person.not_before
    seats = {seat.pk: seat for seat in together.seats}
    for one in wishes:
        if day is None:
            yield one
            continue
        rules = together.rules(seats[one.seat_id])
        morning = next_opening(opening_of(day, rules), any_day=one.step in ANY_DAY, rules=rules)
        if one.due_at >= morning:
            yield one
        elif one.step != Step.HOURS3:
            yield replace(one, due_at=morning)
