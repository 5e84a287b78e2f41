"""What speaks against a date: rows in memory, no database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booking.models import Practitioner
from calendars.models import Closure, Rhythm, Treatment, Why
from calendars.rhythms import Date
from calendars.skipping import Judge, Verdict, reason
from tests.factories import paris

MOREL, NEVEU = Practitioner(pk=1, name="Dr Morel"), Practitioner(pk=2, name="Mme Neveu")
SKIP, WARN, HOLD = Treatment.SKIP, Treatment.WARN, Treatment.HOLD
EASTER_MONDAY = "2026-04-06 18:00"


def rhythm(**fields: Any) -> Rhythm:
    return Rhythm(**{"public_holidays": HOLD, "closures": HOLD, **fields})


def closed(start: str, end: str, **fields: Any) -> Closure:
    return Closure(name="Fermeture", starts_at=paris(start), ends_at=paris(end), **fields)


def span(start: str, minutes: int = 120) -> Date:
    return Date(paris(start), paris(start) + timedelta(minutes=minutes))


def verdict(at: str, *closures: Closure, leaders: Any = (), **fields: Any) -> Verdict | None:
    return Judge(rhythm(**fields), closures).verdict(span(at), leaders)


@pytest.mark.parametrize(
    ("at", "choice", "why", "name"),
    [
        (EASTER_MONDAY, "public_holidays", Why.PUBLIC_HOLIDAY, "Lundi de Pâques"),
        ("2026-04-20 18:00", "school_holidays", Why.SCHOOL_HOLIDAY, "Vacances de printemps"),
        ("2026-03-07 18:00", "weekends", Why.WEEKEND, ""),
        ("2026-03-08 18:00", "weekends", Why.WEEKEND, ""),
    ],
)
def test_each_kind_of_day_is_skipped_warned_about_or_held(
    at: str, choice: str, why: Why, name: str
) -> None:
    found = [verdict(at, **{choice: treatment}) for treatment in (SKIP, WARN, HOLD)]
    assert found == [Verdict(why, name, True), Verdict(why, name, False), None]


def test_an_ordinary_day_is_held_whatever_was_chosen() -> None:
    everything = dict.fromkeys(("closures", "public_holidays", "school_holidays", "weekends"), SKIP)
    assert verdict("2026-03-09 18:00", **everything) is None


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        ("2026-03-10 00:00", "2026-03-11 00:00", True),
        ("2026-03-10 19:59", "2026-03-10 21:00", True),
        ("2026-03-10 20:00", "2026-03-10 21:00", False),
        ("2026-03-10 09:00", "2026-03-10 18:00", False),
        ("2026-03-10 09:00", "2026-03-10 18:01", True),
    ],
)
def test_a_closure_is_compared_by_the_minute(start: str, end: str, touches: bool) -> None:
    found = verdict("2026-03-10 18:00", closed(start, end), closures=SKIP)
    assert found == (Verdict(Why.CLOSURE, "Fermeture", True) if touches else None)


def test_the_network_s_closure_is_named_before_a_partner_s_and_a_venue_s() -> None:
    day = ("2026-04-06 00:00", "2026-04-07 00:00")
    venue, partner, network = (
        closed(*day, venue_id=1),
        closed(*day, partner_id=1),
        closed(*day),
    )
    venue.name, partner.name, network.name = "salle", "partenaire", "réseau"
    choices = {"closures": SKIP, "public_holidays": SKIP}
    for known, name in (
        ([venue, partner, network], "réseau"),
        ([venue, partner], "partenaire"),
        ([venue], "salle"),
    ):
        assert verdict(EASTER_MONDAY, *known, **choices) == Verdict(Why.CLOSURE, name, True)


def test_what_skips_decides_over_what_warns_and_else_the_first_warning() -> None:
    day = closed("2026-04-06 00:00", "2026-04-07 00:00")
    skipped = verdict(EASTER_MONDAY, day, closures=WARN, public_holidays=SKIP)
    warned = verdict(EASTER_MONDAY, day, closures=WARN, public_holidays=WARN)
    assert skipped == Verdict(Why.PUBLIC_HOLIDAY, "Lundi de Pâques", True)
    assert warned == Verdict(Why.CLOSURE, "Fermeture", False)


def test_an_absence_skips_when_nobody_is_left_whatever_was_chosen() -> None:
    away = closed("2026-03-10 00:00", "2026-03-11 00:00", practitioner=MOREL)
    at = "2026-03-10 18:00"
    assert verdict(at, away, leaders=[MOREL]) == Verdict(Why.ABSENCE, "Fermeture", True)
    assert verdict(at, away, leaders=[MOREL, NEVEU]) == Verdict(Why.ABSENCE, "Fermeture", False)
    assert verdict(at, away, leaders=[NEVEU]) is None
    assert verdict(at, away, leaders=[]) is None


def test_a_date_in_another_room_is_not_stopped_by_the_rhythm_s_room() -> None:
    day = ("2026-03-10 00:00", "2026-03-11 00:00")
    judge = Judge(rhythm(closures=SKIP), [closed(*day, venue_id=1)])
    assert judge.verdict(span("2026-03-10 18:00"), elsewhere=True) is None
    everywhere = Judge(rhythm(closures=SKIP), [closed(*day)])
    assert everywhere.verdict(span("2026-03-10 18:00"), elsewhere=True) is not None


@pytest.mark.parametrize(
    ("why", "name", "words"),
    [
        (Why.PUBLIC_HOLIDAY, "Lundi de Pâques", "Public holiday: Lundi de Pâques."),
        (Why.WEEKEND, "", "Weekend."),
        (Why.CLOSURE, "Août", "Closed: Août."),
        (Why.REFUSED, "PractitionerBusy", "A practitioner already leads another session"),
        (Why.REFUSED, "CannotCarry", "Not everybody who is enrolled could come along."),
        (Why.REFUSED, "NotAdvised", "Not everybody who is enrolled could come along."),
        (Why.REFUSED, "NotPossibleHere", "Not everybody who is enrolled could come along."),
        (Why.REFUSED, "VictimsOnly", "This venue is kept for victims"),
        (Why.REFUSED, "RhythmInvalid", "Its service, its practitioners or another value"),
        (Why.REFUSED, "Gone", "This is not possible."),
        (Why.REFUSED, "Iterable", "This is not possible."),
    ],
)
def test_a_reason_is_a_sentence(why: Why, name: str, words: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert str(reason(why, name)).startswith(words)
