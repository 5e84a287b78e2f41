"""Rules: who comes, who must not meet whom, what a partner decides about its offers."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from booking import actions
from booking.models import AvoidancePair, JournalEntry
from booking.models.journal import Verb
from booking.models.person import Mandate
from tests.booking.model import people, rules
from tests.booking.model.world import PARIS, Referral
from tests.booking.play.player import Player

DATA = st.data()


class People(Player):
    @rule(data=DATA)
    def change_the_rules(self, data: st.DataObject) -> None:
        """One rule of the machine: where everything is forbidden, little happens."""
        among = [self._keep_apart, self._hide_from, self._hold_back, self._reserve_venue]
        among += [self._set_offer_policy, self._require_interview]
        among += [self._show_to, self._show_to] if self.world.hidden else []
        among += [self._let_meet, self._let_meet] if self.world.apart else []
        self.one(data, "what", among)(data)

    @rule(data=DATA)
    def somebody_is_sent(self, data: st.DataObject) -> None:
        new = [self._register] if len(self.world.people) < 7 else []
        self.one(data, "what", [self._record_referral, *new])(data)

    @rule(data=DATA)
    def records(self, data: st.DataObject) -> None:
        merges = list(JournalEntry.objects.filter(verb=Verb.PEOPLE_MERGED).order_by("pk"))
        self.one(data, "what", [self._merge, *([self._unmerge] if merges else [])])(data)

    def _merge(self, data: st.DataObject) -> None:
        actor, keep, absorb = self.actor(data), self.person(data, "keep"), self.person(data)
        may = rules.coordinates(actor)
        merged = [self.world.people[one].merged_into for one in (keep, absorb)]
        refusals = {"Invalid"} if keep == absorb else {"NotPossibleHere", "TooMuchForOne"}
        refusals = {"Merged"} if any(merged) and keep != absorb else refusals
        done = self.act_on_people(
            refusals if may else {"NotAllowed"},
            lambda: actions.merge(
                by=self.real[actor],
                now=self.world.now,
                keep=self.real[keep],
                absorb=self.real[absorb],
            ),
        )
        assert may or done is None
        assert done is None or self.world.people[absorb].merged_into == keep

    def _unmerge(self, data: st.DataObject) -> None:
        actor = self.actor(data)
        entries = JournalEntry.objects.filter(verb=Verb.PEOPLE_MERGED).order_by("pk")
        entry = entries[data.draw(st.integers(0, entries.count() - 1), label="merge")]
        may = rules.coordinates(actor)
        done = self.act_on_people(
            {"Invalid", "Overlaps", "TooMuchForOne"} if may else {"NotAllowed"},
            lambda: actions.unmerge(by=self.real[actor], now=self.world.now, entry=entry),
        )
        assert may or done is None

    def _register(self, data: st.DataObject) -> None:
        actor, number = self.actor(data), len(self.world.people) + 1
        self.act(
            lambda world: people.register(world, actor=actor),
            lambda: actions.register_participant(
                by=self.real[actor],
                now=self.world.now,
                last_name=f"Nouveau {number}",
                first_name="Camille",
                birth_date=self.world.now.date() - timedelta(days=9000 + number),
            ),
        )

    def _record_referral(self, data: st.DataObject) -> None:
        actor, today = self.actor(data), self.world.now.astimezone(PARIS).date()
        within = self.one(data, "deadline in days", (None, 30, 60, -1))
        row = Referral(
            person=self.person(data),
            partner=self.one(data, "partner", ("A", "B")),
            service=self.one(data, "service", ("group", "course")),
            on=today - timedelta(days=self.one(data, "days ago", (0, 20))),
            deadline=None if within is None else today + timedelta(days=within),
        )
        self.act(
            lambda world: people.record_referral(world, actor=actor, row=row),
            lambda: actions.record_referral(
                by=self.real[actor],
                now=self.world.now,
                participant=self.real[row.person],
                partner=self.real[row.partner],
                service=self.real[row.service],
                mandate=Mandate.PROBATION,
                referred_on=row.on,
                deadline=row.deadline,
            ),
        )

    def _keep_apart(self, data: st.DataObject) -> None:
        actor, first, second = self.actor(data), self.person(data), self.person(data, "second")
        self.act(
            lambda world: people.keep_apart(world, actor=actor, first=first, second=second),
            lambda: actions.keep_apart(
                by=self.real[actor],
                now=self.world.now,
                first=self.real[first],
                second=self.real[second],
            ),
        )

    def _let_meet(self, data: st.DataObject) -> None:
        actor = self.actor(data)
        first, second = self.one(data, "pair", sorted(sorted(p) for p in self.world.apart))
        lower, higher = sorted((self.names.pk[first], self.names.pk[second]))
        self.act(
            lambda world: people.let_meet(world, actor=actor, pair=frozenset((first, second))),
            lambda: actions.let_meet(
                by=self.real[actor],
                now=self.world.now,
                pair=AvoidancePair.objects.get(first=lower, second=higher),
            ),
        )

    def _hide_from(self, data: st.DataObject) -> None:
        actor, person = self.actor(data), self.person(data)
        partner = self.one(data, "partner", ("A", "B"))
        self.act(
            lambda world: people.hide_from(world, actor=actor, person=person, partner=partner),
            lambda: actions.hide_from(
                by=self.real[actor],
                now=self.world.now,
                participant=self.real[person],
                partner=self.real[partner],
            ),
        )

    def _show_to(self, data: st.DataObject) -> None:
        actor = self.actor(data)
        person, partner = self.one(data, "hidden", sorted(self.world.hidden))
        self.act(
            lambda world: people.show_to(world, actor=actor, person=person, partner=partner),
            lambda: actions.show_to(
                by=self.real[actor],
                now=self.world.now,
                participant=self.real[person],
                partner=self.real[partner],
            ),
        )

    def _hold_back(self, data: st.DataObject) -> None:
        actor, person = self.actor(data), self.person(data)
        ahead = self.one(data, "days", (None, 2, 3, 30))
        today = self.world.now.astimezone(PARIS).date()
        day = None if ahead is None else today + timedelta(days=ahead)
        self.act(
            lambda world: people.hold_back(world, actor=actor, person=person, day=day),
            lambda: actions.hold_back(
                by=self.real[actor], now=self.world.now, participant=self.real[person], until=day
            ),
        )

    def _reserve_venue(self, data: st.DataObject) -> None:
        actor, closed = (
            self.actor(data),
            [k for k, v in self.world.venues.items() if v.victims_only],
        )
        venue = self.likely(data, "venue", closed, ["v2", "v2", "v1", "v3"])
        only = not self.world.venues[venue].victims_only
        self.act(
            lambda world: people.reserve_venue(world, actor=actor, venue=venue, victims_only=only),
            lambda: actions.reserve_venue(
                by=self.real[actor],
                now=self.world.now,
                venue=self.real[venue],
                victims_only=only,
            ),
        )

    def _set_offer_policy(self, data: st.DataObject) -> None:
        actor, partner = self.actor(data), self.one(data, "partner", ("A", "B"))
        hours = self.one(data, "hours", (48, 12, 1, 0))
        confirmed = data.draw(st.booleans(), label="confirmed")
        self.act(
            lambda world: people.set_offer_policy(
                world, actor=actor, partner=partner, hours=hours, confirmed=confirmed
            ),
            lambda: actions.set_offer_policy(
                by=self.real[actor],
                now=self.world.now,
                partner=self.real[partner],
                hours=hours,
                confirmed_at_once=confirmed,
            ),
        )

    def _require_interview(self, data: st.DataObject) -> None:
        actor, service = self.actor(data), self.one(data, "service", ("group", "course"))
        required = not self.world.services[service].interview_first
        self.act(
            lambda world: people.require_interview(
                world, actor=actor, service=service, required=required
            ),
            lambda: actions.require_interview(
                by=self.real[actor],
                now=self.world.now,
                service=self.real[service],
                required=required,
            ),
        )
