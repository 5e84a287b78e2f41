"""Rules: taking, giving back and exchanging places."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from booking import actions
from booking.models import Enrolment, Seat
from tests.booking.model import seats
from tests.booking.play.player import Player

DATA = st.data()


class Taking(Player):
    @initialize(data=DATA)
    def a_busy_week(self, data: st.DataObject) -> None:
        """Some places are taken already, and some people wait for more."""
        for _ in range(data.draw(st.integers(2, 6), label="places")):
            person, session = self.pair(data)
            self._book(data, "system", person, session)

    def _referral(self, data: st.DataObject, person: str, partner: str) -> str | None:
        rows = self.world.referrals
        theirs = [k for k, r in rows.items() if (r.person, r.partner) == (person, partner)]
        return self.likely(data, "referral", [*theirs[-1:], None], [None, *rows])

    def _seat(self, data: st.DataObject, what: str = "seat") -> str:
        rows = self.world.seats
        good = [k for k, s in rows.items() if s.state == "booked" and s.enrolment is None]
        return self.likely(data, what, good, list(rows))

    def _row(self, name: str) -> Seat:
        return Seat.objects.select_related("session").get(pk=self.names.pk[name])

    @rule(data=DATA)
    def book_seat(self, data: st.DataObject) -> None:
        actor, (person, session) = self.actor(data), self.pair(data)
        self._book(data, actor, person, session)

    def _book(self, data: st.DataObject, actor: str, person: str, session: str) -> None:
        referral = self._referral(data, person, self.world.sessions[session].partner)
        overbook, anyway = self.yes(data, "overbook"), self.yes(data, "anyway")
        self.act(
            lambda world: seats.book_seat(
                world,
                actor=actor,
                session=session,
                person=person,
                referral=referral,
                overbook=overbook,
                anyway=anyway,
            ),
            lambda: actions.book_seat(
                by=self.real[actor],
                now=self.world.now,
                session=self.real[session],
                participant=self.real[person],
                referral=self.referral(referral),
                overbook="Sortie de détention" if overbook else "",
                anyway=anyway,
            ),
        )

    @precondition(lambda self: self.world.seats)
    @rule(data=DATA)
    def release_seat(self, data: st.DataObject) -> None:
        actor, seat = self.actor(data), self._seat(data)
        self.act(
            lambda world: seats.release_seat(world, actor=actor, seat=seat),
            lambda: actions.release_seat(
                by=self.real[actor], now=self.world.now, seat=self._row(seat)
            ),
        )

    @precondition(lambda self: self.world.seats)
    @rule(data=DATA)
    def move_seat(self, data: st.DataObject) -> None:
        actor, seat = self.actor(data), self._seat(data)
        person = self.world.seats[seat].person
        fitting = [k for k in self.world.sessions if self.fits(person, k)]
        to = self.likely(data, "to", fitting, list(self.world.sessions))
        overbook, anyway = self.yes(data, "overbook"), self.yes(data, "anyway")
        self.act(
            lambda world: seats.move_seat(
                world, actor=actor, seat=seat, to=to, overbook=overbook, anyway=anyway
            ),
            lambda: actions.move_seat(
                by=self.real[actor],
                now=self.world.now,
                seat=self._row(seat),
                to=self.real[to],
                overbook="À sa demande" if overbook else "",
                anyway=anyway,
            ),
        )

    @precondition(lambda self: len(self.world.seats) > 1)
    @rule(data=DATA)
    def swap_seats(self, data: st.DataObject) -> None:
        actor, first = self.actor(data), self._seat(data)
        one, rows = self.world.seats[first], self.world.seats
        others = [
            k
            for k, s in rows.items()
            if s.state == "booked" and s.session != one.session and s.person != one.person
        ]
        alone = [k for k in others if rows[k].enrolment is None]
        second = self.likely(data, "second", alone, list(rows))
        anyway = self.yes(data, "anyway")
        self.act(
            lambda world: seats.swap_seats(
                world, actor=actor, first=first, second=second, anyway=anyway
            ),
            lambda: actions.swap_seats(
                by=self.real[actor],
                now=self.world.now,
                first=self._row(first),
                second=self._row(second),
                anyway=anyway,
            ),
        )

    @rule(data=DATA)
    def enrol(self, data: st.DataObject) -> None:
        actor, person = self.actor(data), self.person(data)
        rows = self.world.programmes
        whole = [k for k, p in rows.items() if p.enrols]
        programme = self.likely(data, "programme", whole, list(rows))
        referral = self._referral(data, person, rows[programme].partner)
        overbook, anyway = self.yes(data, "overbook"), self.yes(data, "anyway")
        self.act(
            lambda world: seats.enrol(
                world,
                actor=actor,
                programme=programme,
                person=person,
                referral=referral,
                overbook=overbook,
                anyway=anyway,
            ),
            lambda: actions.enrol(
                by=self.real[actor],
                now=self.world.now,
                programme=self.real[programme],
                participant=self.real[person],
                referral=self.referral(referral),
                although_known=True,
                overbook="Échéance proche" if overbook else "",
                anyway=anyway,
            ),
        )

    @precondition(lambda self: self.world.enrolments)
    @rule(data=DATA)
    def withdraw(self, data: st.DataObject) -> None:
        actor, rows = self.actor(data), self.world.enrolments
        active = [k for k, e in rows.items() if e.state == "active"]
        enrolment = self.likely(data, "enrolment", active, list(rows))
        self.act(
            lambda world: seats.withdraw(world, actor=actor, enrolment=enrolment),
            lambda: actions.withdraw(
                by=self.real[actor],
                now=self.world.now,
                enrolment=Enrolment.objects.select_related("programme").get(
                    pk=self.names.pk[enrolment]
                ),
            ),
        )
