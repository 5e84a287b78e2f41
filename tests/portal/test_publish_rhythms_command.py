from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import translation

from booking.models import Session
from calendars.models import Closure, Rhythm
from calendars.recurrence import Recurrence, Weekday
from tests.calendars.test_publish import NOW
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
MONDAYS = Recurrence((Weekday.MONDAY,))


@pytest.fixture(autouse=True)
def _in_february() -> Any:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def publish(*words: str) -> str:
    out = StringIO()
    call_command("publish_rhythms", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_each_rhythm_says_what_was_opened_and_what_was_not(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=MONDAYS, first_day=date(2026, 3, 30))
    again = f"{made.pk} le-relais “Groupe B”: %s opened, 0 taken back, 1 skipped, 0 to settle\n"
    skipped = "  2026-04-06 18:00 skipped — Public holiday: Lundi de Pâques.\n"
    # The last day is included.
    assert publish("--until", "2026-04-13") == again % 2 + skipped
    assert publish("--until", "2026-04-13") == again % 0 + skipped


def test_a_program_reads_the_same_as_json(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=MONDAYS, first_day=date(2026, 3, 30))
    publish("--until", "2026-03-31")
    Closure.objects.create(
        name="Fermeture", starts_at=paris("2026-03-30 00:00"), ends_at=paris("2026-03-31 00:00")
    )
    skipped = {
        "start": "2026-03-30 18:00",
        "why": "closure",
        "name": "Fermeture",
        "reason": "Closed: Fermeture.",
    }
    assert json.loads(publish("--until", "2026-03-31", "--json")) == [
        {
            "rhythm": made.pk,
            "partner": "le-relais",
            "label": "Groupe B",
            "until": "2026-04-01T00:00:00+02:00",
            "opened": [],
            "taken_back": ["2026-03-30T18:00:00+02:00"],
            "skipped": [skipped],
            "warned": [],
            "to_settle": [],
        }
    ]


def test_one_rhythm_is_chosen_by_its_number_and_the_horizon_is_the_settings(cast: Cast) -> None:
    made = rhythm(cast.ours)
    rhythm(cast.ours)
    assert "21 opened" in publish("--rhythm", str(made.pk))
    assert Session.objects.count() == 21


def test_a_number_that_nobody_has_is_a_clear_error() -> None:
    with pytest.raises(CommandError, match="No rhythm has the number 7"):
        publish("--rhythm", "7")


@pytest.mark.parametrize("word", ["tomorrow", "2026-02-30", "9999-12-31"])
def test_a_word_that_is_no_day_is_a_clear_error(word: str) -> None:
    with pytest.raises(CommandError, match="is no day"):
        publish("--until", word)


@pytest.mark.parametrize("day", ["2027-03-09", "9998-12-31", "2020-01-01"])
def test_an_end_that_no_rhythm_takes_fails_and_writes_nothing(cast: Cast, day: str) -> None:
    rhythm(cast.ours)
    with pytest.raises(CommandError, match="1 rhythm could not be published"):
        publish("--until", day)
    assert Session.objects.count() == 0


def test_one_that_fails_stops_no_other(cast: Cast) -> None:
    broken = rhythm(cast.ours)
    rhythm(cast.theirs)
    broken.event.rule.params = "byhour:8"
    broken.event.rule.save()
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("publish_rhythms", stdout=StringIO(), stderr=err)
    assert err.getvalue().startswith(f"{broken.pk} le-relais “Groupe B”: This rhythm was not made")
    assert Session.objects.count() == 21


def test_nothing_to_do_says_nothing(cast: Cast) -> None:
    ended = rhythm(cast.ours)
    Rhythm.objects.filter(pk=ended.pk).update(ended_on=NOW.date())
    assert publish() == ""
