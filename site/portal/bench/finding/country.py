"""A network with so many coming sessions, nine places of ten taken. The same number gives the same
network, dated from the day on which it is made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice

from django.utils import timezone

from booking.models import Assignment, Enrolment, Partner, Programme, Seat, Session
from portal.bench.finding import loading, network
from portal.bench.finding.network import Network
from portal.bench.finding.people import People
from portal.bench.finding.plan import SITTINGS, SLOT_MINUTES, Size, Weekly
from portal.bench.finding.seated import Seated
from portal.bench.finding.tables import Batch, instant


@dataclass(frozen=True)
class Dated:
    """One session to be."""

    of: Weekly
    starts_at: datetime
    #: Which of its programmes, from 0.
    number: int

    @property
    def minutes(self) -> int:
        return self.of.minutes if self.of.evening else SLOT_MINUTES


def build(sessions: int, tell: loading.Tell) -> Network:
    size = Size(sessions)
    tell("network", 0)
    there = network.network(size)
    maker = _Maker(there, size)
    with loading.bare_tables(tell):
        for n, partner in enumerate(there.partners):
            maker.make(partner, last=n == len(there.partners) - 1)
            loading.write(maker.batch)
            tell("rows", (n + 1) / len(there.partners))
    tell("has_room, statistics", 0)
    loading.settle()
    return there


class _Maker:
    def __init__(self, there: Network, size: Size) -> None:
        self.there, self.size = there, size
        self.dice = random.Random(size.sessions)  # noqa: S311 - the same again, no secret
        self.today = timezone.localdate()
        self.people = People(there, self.today, self.dice)
        self.batch = Batch()
        self.sessions, self.seats, self.leads, self.enrolments = (count(1) for _n in range(4))
        self.left = size.sessions

    def make(self, partner: Partner, *, last: bool) -> None:
        share = self.left if last else self.size.sessions // self.size.partners
        people = self.people.of(partner, share, self.batch)
        self._past_interview(partner, people)
        plan = self.there.plans[partner.pk]
        programmes = self._programmes(partner, plan)
        seated = Seated(people, plan, self.dice)
        # What is planned is rather more: the last days are left out.
        for dated in islice(self._dates(plan), share):
            self._session(partner, dated, programmes, seated)
            self.left -= 1

    def _dates(self, plan: list[Weekly]) -> Iterator[Dated]:
        for day in range(1, self.size.days + 1):
            on = self.today + timedelta(days=day)
            for one in plan:
                if one.weekday == on.weekday():
                    for start in islice(_starts(one, on), one.slots):
                        yield Dated(one, start, _number(one, day // 7))

    def _programmes(
        self, partner: Partner, plan: list[Weekly]
    ) -> dict[tuple[Weekly, int], Programme]:
        weeks = self.size.days // 7 + 1
        made = {
            (one, number): network.programme(self.there, partner, one, number)
            for one in plan
            if one.evening
            for number in range(_number(one, weeks) + 1)
        }
        Programme.objects.bulk_create(made.values())
        return made

    def _session(
        self,
        partner: Partner,
        dated: Dated,
        programmes: dict[tuple[Weekly, int], Programme],
        seated: Seated,
    ) -> None:
        pk, one = next(self.sessions), dated.of
        start = instant(dated.starts_at)
        end = instant(dated.starts_at + timedelta(minutes=dated.minutes))
        times = {"starts_at": start, "ends_at": end}
        programme = programmes.get((one, dated.number))
        capacity = self.there.capacity_of(one)
        who = seated.evening(one, dated.number, capacity) if one.evening else seated.by_day(one)
        self.batch.add(
            Session,
            id=pk,
            partner_id=partner.pk,
            service_id=self.there.service_of(one).pk,
            venue_id=self.there.venue_of(partner, one).pk,
            programme_id=programme.pk if programme else None,
            purpose_id=self.there.purposes[one.what].pk if one.purpose else None,
            uid=f"{self.dice.getrandbits(128):032x}",
            label="Groupe B" if one.evening else "Rendez-vous",
            capacity=capacity,
            language=one.language,
            interpreter=one.interpreter,
            open_to_network=one.open_to_network,
            has_room=len(who) < capacity,
            changed_at=start,
            **times,
        )
        self.batch.add(
            Assignment,
            id=next(self.leads),
            session_id=pk,
            practitioner_id=self.there.leader_of(partner, one).pk,
            **times,
        )
        for number, person in enumerate(who, start=1):
            self._seat(pk, person, number, times, seated.enrolment(self._enrol, programme, person))

    def _seat(
        self,
        session: int,
        person: int,
        number: int,
        times: dict[str, str],
        enrolment: int | None,
        state: str = "booked",
    ) -> None:
        self.batch.add(
            Seat,
            id=next(self.seats),
            session_id=session,
            participant_id=person,
            number=number,
            enrolment_id=enrolment,
            state=state,
            created_at=times["starts_at"],
            **times,
        )

    def _enrol(self, programme: Programme, person: int) -> int:
        pk = next(self.enrolments)
        self.batch.add(
            Enrolment,
            id=pk,
            programme_id=programme.pk,
            participant_id=person,
            created_at=f"{self.today} 08:00:00",
        )
        return pk

    def _past_interview(self, partner: Partner, people: list[int]) -> None:
        """Most were received some weeks ago, two hundred at once: what counts is that they were."""
        start = timezone.now().replace(microsecond=0) - timedelta(days=20)
        for hour, begin in enumerate(range(0, len(people), 200)):
            pk = next(self.sessions)
            times = {
                "starts_at": instant(start + timedelta(hours=hour)),
                "ends_at": instant(start + timedelta(hours=hour + 1)),
            }
            came = [one for one in people[begin : begin + 200] if self.dice.random() < 0.85]
            self.batch.add(
                Session,
                id=pk,
                partner_id=partner.pk,
                service_id=self.there.services["interview"].pk,
                venue_id=self.there.venues[partner.pk][0].pk,
                uid=f"{self.dice.getrandbits(128):032x}",
                label="Rendez-vous",
                capacity=200,
                has_room=len(came) < 200,
                changed_at=times["starts_at"],
                **times,
            )
            for number, person in enumerate(came, start=1):
                self._seat(pk, person, number, times, None, "present")


def _number(one: Weekly, week: int) -> int:
    """Programmes begin in any week, not all in one."""
    if one.what not in SITTINGS:
        return 0
    return (week + one.track * 5 + one.weekday + one.shift) // SITTINGS[one.what]


def _starts(one: Weekly, on: date) -> Iterator[datetime]:
    start = datetime.combine(on, one.start, timezone.get_default_timezone())
    while True:
        yield start
        start += timedelta(minutes=SLOT_MINUTES)
