"""Whatever two records hold: what can be merged can be taken apart, and every row is as it was."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booking.actions.merge import merge
from booking.actions.unmerge import unmerge
from booking.errors import TooMuchForOne
from booking.merging import OWNED
from booking.models import (
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    JournalEntry,
    Participant,
    Partner,
    TwoPeople,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState, ProgrammeKind
from tests import factories
from tests.booking.seats import past_session, seat, snapshot
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@settings(
    max_examples=40,
    # Making a failing world smaller takes minutes, and it is printed as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False), clashes=st.booleans())
def test_merged_and_taken_apart_leaves_the_same_rows(
    cast: Cast, random: Random, *, clashes: bool
) -> None:
    with transaction.atomic():
        keep, absorb = _world(cast, random, clashes=clashes)
        now, before = timezone.now(), snapshot()
        try:
            merge(by=None, now=now, keep=keep, absorb=absorb)
        except TooMuchForOne:
            assert clashes
            assert snapshot() == before
        else:
            _nothing_lost(before, absorb)
            entry = JournalEntry.objects.get(verb=Verb.PEOPLE_MERGED)
            unmerge(by=None, now=now + timedelta(minutes=1), entry=entry)
            assert snapshot() == before
        transaction.set_rollback(True)


def _nothing_lost(before: dict[str, list[dict[str, Any]]], absorb: Participant) -> None:
    """As many rows as before, and with the absorbed record only those that the journal names."""
    assert {name: len(rows) for name, rows in snapshot().items()} == {
        name: len(rows) for name, rows in before.items()
    }
    left = JournalEntry.objects.get(verb=Verb.PEOPLE_MERGED).facts["left"]
    for name, model in OWNED.items():
        still = model.objects.filter(participant=absorb).order_by("pk")
        assert list(still.values_list("pk", flat=True)) == left.get(name, [])


def _world(cast: Cast, random: Random, *, clashes: bool) -> tuple[Participant, Participant]:
    """Two records with a bit of everything. Without `clashes`, nothing to come is in the way."""
    two = [_person(random) for _ in range(2)]
    for who in two:
        for day in random.sample((1, 2), random.randint(0, 2)):
            _referral(who, random.choice((cast.ours, cast.theirs)), day, random)
    _past(cast, two, random)
    _coming(cast, two, random, clashes=clashes)
    _waiting(cast, two, random, clashes=clashes)
    _rules(two, random)
    keep, absorb = random.sample(two, 2)
    return keep, absorb


def _person(random: Random) -> Participant:
    phone = random.choice(("", "+33639980091", "+33639980092"))
    states = ("unconfirmed", "confirmed", "wrong") if phone else ("none",)
    typed = "06 39" if not phone and random.random() < 0.5 else ""
    return factories.participant(
        phone=phone,
        phone_as_typed=typed,
        phone_state="unusable" if typed else random.choice(states),
        phone_shared=bool(phone) and random.random() < 0.5,
        texts_refused=random.random() < 0.5,
        needs_interpreter=random.random() < 0.5,
        language=random.choice(("fr", "ta", "pt")),
        not_before=random.choice((None, *(date(2020, n, 1) for n in (1, 2)))),
    )


def _referral(who: Participant, to: Partner, days_ago: int, random: Random) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    factories.referral(
        who,
        to,
        referred_on=day,
        deadline=random.choice((None, day + timedelta(days=60))),
        note=random.choice(("", "Le mardi")),
    )


def _past(cast: Cast, two: list[Participant], random: Random) -> None:
    """Evenings and a course that are over; some at the same hour, some twice the same."""
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    taught = [past_session(cast.ours, days=n, programme=course) for n in (31, 30)]
    shared = [past_session(cast.ours, days=n) for n in (20, 10)]
    for who in two:
        if random.random() < 0.5:
            enrolment = Enrolment.objects.create(programme=course, participant=who)
            for session in random.sample(taught, random.randint(0, 2)):
                seat(who, session, enrolment=enrolment, state="present")
        for session in random.sample(shared, random.randint(0, 2)):
            state = random.choice(("present", "unexcused", "released"))
            seat(who, session, state=state, referral=who.referrals.first())
        if random.random() < 0.5:
            seat(who, past_session(cast.theirs, days=5, minutes=random.choice((0, 60, 120))))


def _coming(cast: Cast, two: list[Participant], random: Random, *, clashes: bool) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    start = timezone.now() + timedelta(days=5)
    evenings = [
        factories.session(cast.ours, start + timedelta(days=n), programme=group) for n in range(2)
    ]
    single = [factories.session(cast.theirs, start + timedelta(days=n, hours=4)) for n in range(3)]
    for who in two if clashes and random.random() < 0.3 else [random.choice(two)]:
        state = random.choice((EnrolmentState.ACTIVE, EnrolmentState.OFFERED))
        enrolment = Enrolment.objects.create(programme=group, participant=who, state=state)
        for session in evenings:
            seat(who, session, enrolment=enrolment, referral=who.referrals.last())
    for session in single:
        owners = two if clashes and random.random() < 0.2 else [random.choice(two)]
        for who in owners:
            seat(who, session, state=random.choice(("booked", "held")))


def _waiting(cast: Cast, two: list[Participant], random: Random, *, clashes: bool) -> None:
    """For a group without evenings, and for an appointment that is taken."""
    taken = factories.session(cast.ours, timezone.now() + timedelta(days=30), capacity=1)
    seat(factories.participant(), taken)
    for target in ({"session": taken}, {"programme": factories.programme(cast.theirs)}):
        for who in two if clashes and random.random() < 0.2 else [random.choice(two)]:
            referral = random.choice((None, who.referrals.first()))
            WaitingEntry.objects.create(
                participant=who, joined_at=timezone.now(), referral=referral, **target
            )


def _rules(two: list[Participant], random: Random) -> None:
    """Neither partner receives anybody in these worlds, and neither mate has a seat."""
    partners = [factories.partner() for _ in range(2)]
    mates = [factories.participant() for _ in range(2)]
    for who in two:
        for partner in random.sample(partners, random.randint(0, 2)):
            HiddenFrom.objects.create(participant=who, partner=partner)
        for model in (AvoidancePair, TwoPeople):
            for mate in random.sample(mates, random.randint(0, 2)):
                model.objects.create(first=who, second=mate)
