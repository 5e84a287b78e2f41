"""Rules: waiting, and answering what is offered."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from booking import actions
from booking.models import WaitingEntry
from tests.booking.model import rules, waiting
from tests.booking.play.player import Player

DATA = st.data()


class Waiting(Player):
    def _wait(self, data: st.DataObject, *states: str) -> str:
        rows = self.world.waits
        return self.likely(
            data, "wait", [k for k, w in rows.items() if w.state in states], list(rows)
        )

    def _entry(self, name: str) -> WaitingEntry:
        rows = WaitingEntry.objects.select_related("session", "programme")
        return rows.get(pk=self.names.pk[name])

    @initialize(data=DATA)
    def a_long_queue(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(0, 4), label="entries")):
            self._join(data, "system", programme=data.draw(st.booleans(), label="programme"))

    @rule(data=DATA, programme=st.booleans())
    def join_waiting_list(self, data: st.DataObject, *, programme: bool) -> None:
        self._join(data, self.actor(data), programme=programme)

    def _join(self, data: st.DataObject, actor: str, *, programme: bool) -> None:
        world, person = self.world, self.person(data)
        full = [k for k in world.sessions if not rules.room(world, k)]
        rows = world.sessions
        session = None if programme else self.likely(data, "session", full, list(rows))
        group = self.one(data, "programme", list(world.programmes)) if programme else None
        partner = world.programmes[group].partner if group else rows[str(session)].partner
        theirs = [
            k for k, r in world.referrals.items() if (r.person, r.partner) == (person, partner)
        ]
        referral = self.likely(data, "referral", [*theirs, None], [None, *world.referrals])
        self.act(
            lambda world: waiting.join_waiting_list(
                world,
                actor=actor,
                person=person,
                session=session,
                programme=group,
                referral=referral,
            ),
            lambda: actions.join_waiting_list(
                by=self.real[actor],
                now=self.world.now,
                participant=self.real[person],
                session=self.real[session] if session else None,
                programme=self.real[group] if group else None,
                referral=self.referral(referral),
                although_known=True,
            ),
        )

    @precondition(lambda self: self.world.waits)
    @rule(data=DATA)
    def leave_waiting_list(self, data: st.DataObject) -> None:
        actor, wait = self.actor(data), self._wait(data, "waiting", "lapsed")
        self.act(
            lambda world: waiting.leave_waiting_list(world, actor=actor, wait=wait),
            lambda: actions.leave_waiting_list(
                by=self.real[actor], now=self.world.now, waiting_entry=self._entry(wait)
            ),
        )

    @precondition(lambda self: self.world.waits)
    @rule(data=DATA)
    def move_up(self, data: st.DataObject) -> None:
        actor, wait = self.actor(data), self._wait(data, "waiting")
        reason = " " if self.yes(data, "no reason") else "Échéance proche"
        self.act(
            lambda world: waiting.move_up(world, actor=actor, wait=wait, reason=reason),
            lambda: actions.move_up(
                by=self.real[actor],
                now=self.world.now,
                waiting_entry=self._entry(wait),
                reason=reason,
            ),
        )

    @precondition(lambda self: self.world.waits)
    @rule(data=DATA)
    def confirm_offer(self, data: st.DataObject) -> None:
        actor, wait = self.actor(data), self._wait(data, "offered")
        self.act(
            lambda world: waiting.confirm_offer(world, actor=actor, wait=wait),
            lambda: actions.confirm_offer(
                by=self.real[actor], now=self.world.now, waiting_entry=self._entry(wait)
            ),
        )

    @precondition(lambda self: self.world.waits)
    @rule(data=DATA)
    def decline_offer(self, data: st.DataObject) -> None:
        actor, wait = self.actor(data), self._wait(data, "offered")
        self.act(
            lambda world: waiting.decline_offer(world, actor=actor, wait=wait),
            lambda: actions.decline_offer(
                by=self.real[actor], now=self.world.now, waiting_entry=self._entry(wait)
            ),
        )

    @rule(data=DATA)
    def serve_waiting_lists(self, data: st.DataObject) -> None:
        actor = self.actor(data)
        self.act(
            lambda world: waiting.serve_waiting_lists(world, actor=actor),
            lambda: actions.serve_waiting_lists(by=self.real[actor], now=self.world.now),
        )

    @rule(hours=st.sampled_from((1, 3, 6, 12, 24, 60)))
    def time_passes(self, hours: int) -> None:
        """An hour, a night, a day, or a weekend without the clock that ends offers."""
        self.pass_time(hours)
