"""One step: ask the model, ask the engine, and see that they say the same."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import time_machine
from django.db import transaction
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from booking import actions
from booking.errors import BookingError, CannotCarry
from booking.models import Referral
from tests.booking.model import lists, rules, waiting
from tests.booking.model.world import Refused, World
from tests.booking.play import invariants
from tests.booking.play.adopt import adopt, adopt_people
from tests.booking.play.compare import Names, differences
from tests.booking.play.rows import Rows, read
from tests.booking.play.stage import Stage

T = TypeVar("T")

#: Most act for the coordination or with every right; some may not do what they try.
_ACTORS = ("system", "system", "system", "coordinator", "coordinator", "keen", "admin", "stranger")


class Player(RuleBasedStateMachine):
    """The machine without its rules. Each run begins from the same stage and leaves no row."""

    def __init__(self, stage: Stage, clock: time_machine.Traveller) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.world: World = copy.deepcopy(stage.world)
        self.real: dict[str, Any] = dict(stage.real)
        self.stage, self.clock = stage, clock
        self.names = Names(stage.real)
        self.rows: Rows = read()
        clock.move_to(self.world.now)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    # What to do it with -----------------------------------------------------------------------

    def one(self, data: st.DataObject, what: str, among: Sequence[T]) -> T:
        return data.draw(st.sampled_from(among), label=what)

    def actor(self, data: st.DataObject) -> str:
        return self.one(data, "by", _ACTORS)

    def yes(self, data: st.DataObject, what: str) -> bool:
        return data.draw(st.sampled_from((False, False, False, True)), label=what)

    def likely(self, data: st.DataObject, what: str, good: list[T], every: list[T]) -> T:
        """Mostly one that makes sense, sometimes any."""
        rare = not good or data.draw(st.integers(0, 7), label="any") == 7
        return self.one(data, what, every if rare else good)

    def session(self, data: st.DataObject, what: str = "session") -> str:
        rows = self.world.sessions
        open_ = [k for k, s in rows.items() if not s.cancelled and s.start > self.world.now]
        return self.likely(data, what, open_, list(rows))

    def referral(self, name: str | None) -> Referral | None:
        """Read anew: a merge may have given it to another record."""
        return Referral.objects.get(pk=self.names.pk[name]) if name else None

    def pair(self, data: st.DataObject) -> tuple[str, str]:
        """A person and a session: half of the time one where the rules let them sit."""
        fitting = [
            (person, session)
            for session in self.world.sessions
            for person in self.world.people
            if self.fits(person, session)
        ]
        by_rule: bool = data.draw(st.booleans(), label="fits")
        if fitting and by_rule:
            return self.one(data, "person, session", fitting)
        return self.person(data), self.session(data)

    def fits(self, person: str, session: str) -> bool:
        row = self.world.sessions[session]
        whole = row.programme is not None and self.world.programmes[row.programme].enrols
        here = any(seat.person == person for seat in self.world.seated(session).values())
        if whole or here or rules.moment(self.world, row):
            return False
        return not rules.first(rules.reasons(self.world, session, person))

    def person(self, data: st.DataObject, what: str = "person") -> str:
        return self.one(data, what, list(self.world.people))

    # Doing it ---------------------------------------------------------------------------------

    def act(
        self,
        model: Callable[[World], None],
        engine: Callable[[], object],
    ) -> object:
        """Returns what the engine returned, None when it refused as it should."""
        trial = copy.deepcopy(self.world)
        trial.silence()
        expected: Refused | None = None
        try:
            model(trial)
        except Refused as refused:
            expected = refused
        answer, error = _attempt(engine)
        event(f"{model.__code__.co_names[1]}: {type(error).__name__ if error else 'done'}")
        if error is not None:
            self._same_refusal(expected, error)
            return None
        assert expected is None, f"the engine accepts, the model: {expected} {expected.misfits}"
        return self._same_world(trial, answer)

    def act_on_people(self, refusals: set[str], engine: Callable[[], object]) -> object:
        """Two records become one, or two again: the model takes over what the engine made of it,
        and looks whether the rules still hold."""
        answer, error = _attempt(engine)
        event(f"records: {type(error).__name__ if error else 'done'}")
        if error is not None:
            self._same_refusal(Refused(refusals), error)
            return None
        before, self.rows = self.rows, read()
        self.world.silence()
        adopt_people(self.world, self.names, self.rows)
        wrong = differences(self.world, self.names, self.rows)
        assert not wrong, "\n".join(wrong)
        invariants.check(before, self.rows, self.world.now)
        self.settle()
        return answer

    def _same_refusal(self, expected: Refused | None, error: BookingError) -> None:
        assert expected is not None, f"the engine refuses what the model accepts: {error!r}"
        name = type(error).__name__
        assert name in expected.names, f"the engine says {name}, the model {expected}"
        if isinstance(error, CannotCarry) and expected.misfits is not None:
            who = {str(self.names.name("participant", one.participant.pk)) for one in error.misfits}
            must, may = expected.misfits
            assert who or error.others
            assert must <= who <= may, f"named {who}, must be {must}, may be {may}"
        rows = read()
        assert rows == self.rows, "a refused action changed a row"

    def _same_world(self, trial: World, answer: object) -> object:
        before, self.rows = self.rows, read()
        self.meet_new(trial, answer)
        self.names.learn(trial, self.rows)
        wrong = differences(trial, self.names, self.rows)
        assert not wrong, "\n".join(wrong)
        self._same_journal(trial, before)
        self.world = trial
        invariants.check(before, self.rows, trial.now)
        self.settle()
        return answer

    def meet_new(self, trial: World, answer: object) -> None:
        """The one row that an action gives a name to by itself, or the sessions of many dates."""
        made: list[Any] = list(getattr(answer, "opened", [answer]))
        for table in ("sessions", "programmes", "people", "referrals"):
            known = getattr(self.world, table)
            new = [name for name in getattr(trial, table) if name not in known]
            for name, row in zip(new, made if new else [], strict=True):
                assert row is not None
                self.real[name] = row
                self.names.put(row._meta.db_table.removeprefix("booking_"), row.pk, name)

    def _same_journal(self, trial: World, before: Rows) -> None:
        """Each change is written down; nobody is skipped silently."""
        new = self.rows["journalentry"][len(before["journalentry"]) :]
        verbs = Counter(entry["verb"] for entry in new if entry["verb"] != "passed_over")
        assert verbs == trial.said, f"the journal says {verbs}, the model {trial.said}"
        told: set[str] = set()
        for entry in new:
            if entry["verb"] == "passed_over":
                facts = invariants.facts(entry)
                name = self.names.name("waitingentry", int(str(facts["waiting"])))
                assert name is not None
                told.add(name)
                why = trial.passed.get(name, set())
                assert facts["reason"] in why, f"{name} was passed over for {facts}, not {why}"
        assert trial.must_say <= told, f"passed over silently: {trial.must_say - told}"

    def settle(self) -> None:
        """No place is free while somebody waits who fits: what time, a milder rule or an interview
        opened is left to the clock, which looks at every list each minute."""
        if not lists.late(self.world):
            return
        assert self.may_be_late(), f"free, and they wait: {lists.late(self.world)}"
        event("left to the clock")
        for _ in range(3):
            if lists.late(self.world):
                self.clock_serves()
        assert not lists.late(self.world), "the clock passed, and somebody who fits still waits"

    def may_be_late(self) -> bool:
        interviews = {k for k, s in self.world.services.items() if s.interview}
        return self.world.for_the_clock or any(
            self.world.waits[name].state == "seated"
            and self.world.sessions[str(self.world.waits[name].session)].service in interviews
            for name in self.world.offered
            if self.world.waits[name].session
        )

    def clock_serves(self) -> None:
        """The minute's round, predicted when the lists were in order before it."""
        if lists.late(self.world):
            before = self.rows
            actions.serve_waiting_lists(now=self.world.now)
            self.rows = read()
            adopt(self.world, self.names, self.rows)
            invariants.check(before, self.rows, self.world.now)
            return
        self.act(
            lambda world: waiting.serve_waiting_lists(world, actor="system"),
            lambda: actions.serve_waiting_lists(now=self.world.now),
        )

    def pass_time(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)
        self.clock.move_to(self.world.now)
        for _ in range(3):
            if lists.late(self.world):
                self.clock_serves()
        assert not lists.late(self.world), "the clock passed, and somebody who fits still waits"


def _attempt(engine: Callable[[], object]) -> tuple[object, BookingError | None]:
    try:
        return engine(), None
    except BookingError as error:
        return None, error
