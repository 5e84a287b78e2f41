"""Rules: opening, changing, moving and cancelling sessions."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking import actions
from booking.models.programme import ProgrammeKind
from tests.booking.model import cancelling, sessions
from tests.booking.model.world import PARIS, Session
from tests.booking.play.player import Player

DATA = st.data()
_MOST = 9


class Sessions(Player):
    def _start(self, data: st.DataObject) -> datetime:
        """Within the days in which the others are, so that they get in each other's way; seldom
        five weeks away."""
        ahead = self.one(data, "days", (2, 2, 3, 3, 4, 1, 0, 35))
        day = self.world.now.astimezone(PARIS).date() + timedelta(days=ahead)
        return datetime.combine(day, time(self.one(data, "hour", (9, 10, 11, 14))), PARIS)

    def _leaders(self, data: st.DataObject, partner: str) -> set[str]:
        ours = [k for k, p in self.world.leaders.items() if p == partner]
        every = [set(), *({one} for one in self.world.leaders), set(ours)]
        return self.likely(data, "leaders", [set(), {ours[0]}, set(ours)], every)

    def _venue(self, data: st.DataObject, partner: str) -> str:
        venues = self.world.venues
        ours = [k for k, v in venues.items() if v.partner == partner]
        return self.likely(data, "venue", ours, list(venues))

    def _imagined(self, data: st.DataObject, minutes: int) -> Session:
        world = self.world
        programme = self.one(data, "programme", [*world.programmes, None])
        group = world.programmes[programme] if programme else None
        partner = group.partner if group else self.one(data, "partner", ("A", "B"))
        service = group.service if group else self.one(data, "service", ("group", "interview"))
        start = self._start(data)
        return Session(
            partner=partner,
            service="interview" if self.yes(data, "other service") else service,
            venue=self._venue(data, partner),
            programme=programme,
            start=start,
            end=start + timedelta(minutes=minutes),
            capacity=self.one(data, "capacity", (1, 2, 3)),
            allowance=self.one(data, "allowance", (0, 1, 2)),
            leaders=self._leaders(data, partner),
            open=not self.yes(data, "closed to the network"),
        )

    @precondition(lambda self: len(self.world.sessions) < _MOST + 4)
    @rule(data=DATA)
    def open_session(self, data: st.DataObject) -> None:
        actor = self.actor(data)
        row = self._imagined(data, self.one(data, "minutes", (60, 120, 240, 0)))
        anyway = self.yes(data, "anyway")
        self.act(
            lambda world: sessions.open_session(world, actor=actor, row=row, anyway=anyway),
            lambda: self.stage.open(
                row, by=self.real[actor], now=self.world.now, anyway=anyway, real=self.real
            ),
        )

    @precondition(lambda self: len(self.world.sessions) < _MOST + 3)
    @rule(data=DATA)
    def open_sessions(self, data: st.DataObject) -> None:
        """Two or three dates, which may get in each other's way too."""
        actor, anyway = self.actor(data), self.yes(data, "anyway")
        minutes = self.one(data, "minutes", (60, 120, 240, 0))
        row, length = self._imagined(data, minutes), timedelta(minutes=minutes)
        later = [self._start(data) for _ in range(self.one(data, "more", (1, 1, 2)))]
        starts = [row.start, *later]
        rows = [replace(row, start=one, end=one + length) for one in starts]
        answer: Any = self.act(
            lambda world: sessions.open_sessions(
                world, actor=actor, rows=copy.deepcopy(rows), anyway=anyway
            ),
            lambda: actions.open_sessions(
                by=self.real[actor],
                now=self.world.now,
                starts=starts,
                minutes=minutes,
                anyway=anyway,
                **self.stage.kind(row, self.real),
            ),
        )
        if answer is not None:
            told = [(one.starts_at, one.reason) for one in answer.refused]
            assert [start for start, _ in told] == [start for start, _ in self.world.refused]
            for (_, reason), (_, names) in zip(told, self.world.refused, strict=True):
                assert reason in names, f"refused for {reason}, not {names}"

    @rule(data=DATA)
    def discard_sessions(self, data: st.DataObject) -> None:
        """Mostly what nobody used and somebody else's date now and then."""
        actor, world = self.actor(data), self.world
        used = {seat.session for seat in world.seats.values()}
        free = [k for k, s in world.sessions.items() if k not in used and not s.cancelled]
        some = {
            self.likely(data, "session", free, list(world.sessions))
            for _ in range(self.one(data, "how many", (1, 2)))
        }
        self.act(
            lambda world: sessions.discard_sessions(world, actor=actor, sessions=some),
            lambda: actions.discard_sessions(
                by=self.real[actor],
                now=self.world.now,
                sessions=[self.real[one] for one in sorted(some)],
            ),
        )

    @precondition(lambda self: len(self.world.programmes) < 5)
    @rule(data=DATA)
    def open_programme(self, data: st.DataObject) -> None:
        actor, partner = self.actor(data), self.one(data, "partner", ("A", "B"))
        kind = self.one(data, "kind", ("open_group", "closed_group", "course"))
        service = "course" if kind == "course" else "group"
        late = self.yes(data, "late joining")
        self.act(
            lambda world: sessions.open_programme(
                world, actor=actor, partner=partner, service=service, kind=kind, late_joining=late
            ),
            lambda: actions.open_programme(
                by=self.real[actor],
                now=self.world.now,
                partner=self.real[partner],
                service=self.real[service],
                kind=ProgrammeKind(kind),
                label=f"Groupe {len(self.world.programmes) + 1}",
                late_joining=late,
            ),
        )

    @rule(data=DATA)
    def move_session(self, data: st.DataObject) -> None:
        actor, session = self.actor(data), self.session(data)
        partner = self.world.sessions[session].partner
        what = self.one(data, "what", ("time", "venue", "leaders", "all"))
        start = self._start(data) if what in {"time", "all"} else None
        venue = self._venue(data, partner) if what in {"venue", "all"} else None
        leaders = self._leaders(data, partner) if what in {"leaders", "all"} else None
        anyway = self.yes(data, "anyway")
        self.act(
            lambda world: sessions.move_session(
                world,
                actor=actor,
                session=session,
                start=start,
                venue=venue,
                leaders=leaders,
                anyway=anyway,
            ),
            lambda: actions.move_session(
                by=self.real[actor],
                now=self.world.now,
                session=self.real[session],
                starts_at=start,
                venue=self.real[venue] if venue else None,
                practitioners=None if leaders is None else [self.real[one] for one in leaders],
                anyway=anyway,
            ),
        )

    @rule(data=DATA)
    def change_seats(self, data: st.DataObject) -> None:
        actor, session = self.actor(data), self.session(data)
        capacity = self.one(data, "capacity", (1, 2, 3, None, 0))
        allowance = self.one(data, "allowance", (None, 0, 1, 2))
        reason = "" if self.yes(data, "no reason") else "Échéances proches"
        anyway = data.draw(st.booleans(), label="anyway")
        self.act(
            lambda world: sessions.change_seats(
                world,
                actor=actor,
                session=session,
                capacity=capacity,
                allowance=allowance,
                reason=reason,
                anyway=anyway,
            ),
            lambda: actions.change_seats(
                by=self.real[actor],
                now=self.world.now,
                session=self.real[session],
                capacity=capacity,
                allowance=allowance,
                reason=reason,
                anyway=anyway,
            ),
        )

    @rule(data=DATA)
    def cancel(self, data: st.DataObject) -> None:
        self.one(data, "what", [self._cancel_session, self._cancel_morning])(data)

    def _cancel_session(self, data: st.DataObject) -> None:
        actor, session = self.actor(data), self.session(data)
        self.act(
            lambda world: cancelling.cancel_session(world, actor=actor, session=session),
            lambda: actions.cancel_session(
                by=self.real[actor], now=self.world.now, session=self.real[session]
            ),
        )

    def _cancel_morning(self, data: st.DataObject) -> None:
        actor, leader = self.actor(data), self.one(data, "leader", list(self.world.leaders))
        start = self._start(data)
        end = start + timedelta(hours=self.one(data, "hours", (4, 2, 48, 0)))
        self.act(
            lambda world: cancelling.cancel_morning(
                world, actor=actor, leader=leader, start=start, end=end
            ),
            lambda: actions.cancel_morning(
                by=self.real[actor],
                now=self.world.now,
                practitioner=self.real[leader],
                starts_at=start,
                ends_at=end,
            ),
        )
