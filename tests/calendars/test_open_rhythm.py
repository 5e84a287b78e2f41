from __future__ import annotations

import inspect
from datetime import date, time
from typing import Any

import pytest
from schedule.models import Event  # noqa: TID251 - looks behind the door

from booking.errors import Invalid, KeyReused, NotAllowed
from booking.models import JournalEntry
from booking.models.language import Language
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from calendars import actions
from calendars.models import Rhythm, Treatment
from calendars.recurrence import Nth, Recurrence, Weekday
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
OPENING = {"slot_minutes": 45, "capacity": 1, "start": time(9), "minutes": 210}


@pytest.mark.parametrize("name", actions.__all__)
def test_every_action_is_called_as_those_of_booking(name: str) -> None:
    parameters = inspect.signature(getattr(actions, name)).parameters
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert {"by", "now", "key"} <= set(parameters)
    assert getattr(actions, name).__doc__


def test_a_rhythm_is_kept_with_all_that_was_said(cast: Cast) -> None:
    said = {
        "allowance": 2,
        "pause_minutes": 15,
        "language": Language.TAMIL,
        "interpreter": Language.ENGLISH,
        "open_to_network": False,
        "school_holidays": Treatment.SKIP,
        "weekends": Treatment.WARN,
        "closures": Treatment.WARN,
    }
    how = Recurrence((Weekday.FRIDAY,), nth=Nth.LAST, times=10)
    made = rhythm(cast.ours, practitioners=[cast.practitioner], recurrence=how, **said)
    made.refresh_from_db()
    assert {name: getattr(made, name) for name in said} == said
    assert (made.times, made.purpose, made.published_until) == (10, None, None)
    entry = JournalEntry.objects.get(verb="rhythm_opened")
    assert entry.facts == {"rhythm": made.pk, "first": "2026-03-27T18:00:00+01:00"}


def test_an_opening_may_be_for_several_services(cast: Cast) -> None:
    social = factories.service(ServiceFamily.SOCIAL)
    made = rhythm(cast.ours, practitioners=[cast.practitioner], also_for=[social], **OPENING)
    assert made.purpose is not None
    assert set(made.purpose.services.all()) == {factories.service(), social}


def wrong(cast: Cast) -> list[dict[str, Any]]:
    elsewhere = factories.service(name="Ailleurs")
    group, theirs = factories.programme(cast.ours), factories.programme(cast.theirs)
    social = factories.service(ServiceFamily.SOCIAL)
    leader = [cast.practitioner]
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    return [
        {"recurrence": Recurrence(())},
        {"start": time(2, 30)},
        {"capacity": 0},
        {"capacity": 200, "allowance": 1},
        {"gap_minutes": 5},
        {"pause_minutes": 120},
        {"first_day": date.max},
        {"first_day": date.min},
        {"label": "Groupe de parole"},
        {"label": "x" * 41},
        {"venue": factories.venue(cast.theirs)},
        {"practitioners": [factories.practitioner(cast.theirs)]},
        {"programme": theirs},
        {"programme": group, "service": social},
        {"programme": course, "minutes": 361},
        {"service": elsewhere},
        {"also_for": [elsewhere]},
        {"also_for": [social], "programme": group},
        {"language": "xx"},
        OPENING,
        {**OPENING, "practitioners": [*leader, factories.practitioner(cast.ours)]},
        {**OPENING, "practitioners": leader, "programme": group},
        {**OPENING, "practitioners": leader, "pause_minutes": 45},
    ]


@pytest.mark.parametrize("number", range(23))
def test_a_rhythm_that_makes_no_sense_is_refused(cast: Cast, number: int) -> None:
    with pytest.raises(Invalid):
        rhythm(cast.ours, **wrong(cast)[number])
    assert (Rhythm.objects.count(), Event.objects.count()) == (0, 0)


def test_every_wrong_rhythm_is_tried(cast: Cast) -> None:
    assert len(wrong(cast)) == 23


def test_only_who_manages_the_partner_opens_a_rhythm(cast: Cast) -> None:
    for outsider in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            _open(cast, by=outsider)
    assert Rhythm.objects.count() == 0
    assert _open(cast, by=cast.admin).partner == cast.ours


def test_a_form_that_is_sent_twice_opens_one(cast: Cast) -> None:
    assert _open(cast, key="k1") == _open(cast, key="k1")
    assert (Rhythm.objects.count(), Event.objects.count()) == (1, 1)
    with pytest.raises(KeyReused):
        _open(cast, key="k1", recurrence=Recurrence((Weekday.TUESDAY,), times=3))


def _open(cast: Cast, **fields: Any) -> Rhythm:
    values: dict[str, Any] = {
        "by": cast.admin,
        "service": factories.service(),
        "venue": cast.venue,
        "label": "Groupe B",
        "first_day": date(2026, 3, 1),
        "start": time(18),
        "minutes": 120,
        "recurrence": Recurrence((Weekday.TUESDAY,)),
        "capacity": 8,
        **fields,
    }
    return actions.open_rhythm(now=paris("2026-02-01 09:00"), partner=cast.ours, **values)
