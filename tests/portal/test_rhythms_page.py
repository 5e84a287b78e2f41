from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.models import Session, User
from calendars.models import Closure, Rhythm, Treatment
from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from tests import factories
from tests.booking.queries import rows as listed
from tests.calendars.test_closures_actions import close
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-02-02 10:00")
MONDAYS = Recurrence((Weekday.MONDAY,))


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _page(user: User, name: str, *args: int, query: str = "") -> str:
    """In English: the words of the sources."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode()).replace("\u00a0", " ")


def _made(cast: Cast, **fields: Any) -> Rhythm:
    made = rhythm(cast.ours, **{"practitioners": [cast.practitioner], **fields})
    publish(rhythm=made, now=NOW)
    return made


def _on(made: Rhythm, day: date) -> Session:
    row = made.dates.select_related("session").get(day=day)
    assert row.session is not None
    return row.session


def _bare(html: str) -> str:
    return re.sub(r" +", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def _days(body: str) -> dict[str, str]:
    """What the page says beside each date, without its marks."""
    rows = re.findall(r'<li class="day[^"]*">(.*?)</li>', body)
    return {_bare(date_): _bare(rest) for date_, rest in (row.split("</time>", 1) for row in rows)}


def test_each_rhythm_stands_in_words_with_where_and_who(cast: Cast) -> None:
    _made(cast, recurrence=Recurrence((Weekday.TUESDAY,), times=10))
    body = _page(cast.admin, "rhythms")
    assert re.findall(r'rhythm-link"[^>]*>([^<]+)<', body) == [
        "On Tuesdays at 18:00, every week, 10 times"
    ]
    facts = re.findall(r'class="rhythm-facts">(.*?)</p>', body)
    said = [re.sub(r"<[^>]+>", "", one).strip() for one in facts]
    assert said == ["Groupe B · 2 h · salle 2, Pontoise · Dr Morel"]
    assert re.findall(r'class="ahead"> <time [^>]*>([^<]+)<', body) == [
        "Tue 3 March",
        "Tue 10 March",
        "Tue 17 March",
    ]


def test_dates_that_are_not_as_usual_say_why(cast: Cast) -> None:
    _made(cast, recurrence=MONDAYS, label="Groupe A")
    held = {"public_holidays": Treatment.WARN, "start": time(9), "label": "Groupe C"}
    _made(cast, recurrence=MONDAYS, **held)
    body = re.sub(r"<[^>]+>", "", _page(cast.admin, "rhythms"))
    assert "Skipped: Mon 6 April (Lundi de Pâques), Mon 25 May (Lundi de Pentecôte)" in body
    assert "Takes place all the same: Mon 6 April (Lundi de Pâques)" in body


def test_a_booked_date_that_is_closed_is_to_settle(cast: Cast) -> None:
    made = _made(cast)
    listed.seat(_on(made, date(2026, 3, 10)), cast.hamel)
    close(cast)
    body = re.sub(r"<[^>]+>", "", _page(cast.admin, "rhythms"))
    assert "1 date to settle, booked all the same: Tue 10 March (Travaux)" in body


def test_what_ended_is_folded_away(cast: Cast) -> None:
    _made(cast, recurrence=Recurrence((Weekday.TUESDAY,), times=1))
    with time_machine.travel(paris("2026-03-04 09:00"), tick=False):
        body = _page(cast.admin, "rhythms")
    assert "Nothing repeats here yet." in body
    folded = body[body.index("rhythms-ended") :]
    assert ("1 rhythm that ended" in folded, folded.count("rhythm-link")) == (True, 1)


def test_the_coordination_may_keep_to_one_partner(cast: Cast) -> None:
    rhythm(cast.ours, label="Groupe A")
    rhythm(cast.theirs, label="Groupe D")
    page = _page(cast.coordinator, "rhythms", query="?partenaire=la-passerelle")
    assert ("Groupe A" in page, "Groupe D" in page) == (False, True)
    client = Client()
    client.force_login(cast.admin)
    assert client.get(reverse("rhythms") + "?partenaire=la-passerelle").status_code == 404


def test_missing_and_forbidden_read_the_same(cast: Cast) -> None:
    theirs = rhythm(cast.theirs)
    client = Client()
    client.force_login(cast.admin)
    bodies = {
        re.sub(r'value="[^"]+"', "", client.get(f"/rythmes/{pk}/").content.decode())
        for pk in (theirs.pk, 999999)
    }
    assert len(bodies) == 1


def test_one_rhythm_date_by_date(cast: Cast) -> None:
    made = _made(cast, recurrence=MONDAYS)
    cancelled = _on(made, date(2026, 3, 9))
    actions.cancel_session(by=None, now=NOW, session=cancelled)
    days = _days(_page(cast.admin, "rhythm", made.pk))
    assert list(days)[:2] == ["Mon 2 March", "Mon 9 March"]
    assert days["Mon 9 March"] == "18:00 Cancelled"
    assert days["Mon 6 April"] == "No session: Lundi de Pâques"
    assert days["Mon 2 March"] == "18:00 0/8"


def test_a_date_that_was_moved_says_from_where(cast: Cast) -> None:
    made = _made(cast)
    session = _on(made, date(2026, 3, 10))
    later = timedelta(days=1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + later, ends_at=session.ends_at + later
    )
    made.dates.filter(session=session).update(own_time=True, own_seats=True)
    said = _days(_page(cast.admin, "rhythm", made.pk))["Wed 11 March"]
    assert said.startswith(
        "18:00 instead of Tuesday 10 March at 18:00 with another number of seats"
    )


def test_the_slots_of_an_opening_stand_side_by_side(cast: Cast) -> None:
    slots = {"start": time(9), "minutes": 180, "slot_minutes": 45, "capacity": 1}
    made = _made(cast, recurrence=MONDAYS, **slots)
    days = _days(_page(cast.admin, "rhythm", made.pk))
    assert days["Mon 2 March"] == "09:00 09:45 10:30 11:15 0/4"
    assert days["Mon 6 April"] == "No session: Lundi de Pâques"


def test_a_slot_that_gave_way_has_no_link_and_is_not_called_cancelled(cast: Cast) -> None:
    slots = {"start": time(9), "minutes": 90, "slot_minutes": 45, "capacity": 1}
    second = factories.practitioner(cast.ours)
    made = _made(cast, practitioners=[second], recurrence=MONDAYS, **slots)
    starts_at, ends_at = paris("2026-03-02 09:00"), paris("2026-03-02 09:45")
    shared = factories.session(cast.ours, starts_at, ends_at=ends_at)
    gone = made.dates.get(day=date(2026, 3, 2), start=time(9)).session
    both = [cast.practitioner, second]
    actions.lead_together(by=None, now=NOW, session=shared, practitioners=both)
    body = _page(cast.admin, "rhythm", made.pk)
    assert _days(body)["Mon 2 March"] == "09:00 taken for another session 09:45 0/1"
    assert gone is not None
    assert f"/seances/{gone.pk}/" not in body


def test_the_last_day_that_is_ready_is_said_and_not_the_midnight_after(cast: Cast) -> None:
    made = _made(cast)
    assert made.published_until == paris("2026-08-01 00:00")
    assert "until 31 July" in _page(cast.admin, "rhythm", made.pk)


def test_what_begins_beyond_what_is_published_says_when(cast: Cast) -> None:
    made = _made(cast, first_day=date(2026, 12, 1))
    for body in (_page(cast.admin, "rhythm", made.pk), _page(cast.admin, "rhythms")):
        assert "Next date on 1 December" in body
        assert "No date to come" not in body


def test_the_closures_that_bear_on_it_stand_beside(cast: Cast) -> None:
    made = _made(cast)
    other = factories.practitioner(cast.ours)
    noon = {"starts_at": paris("2026-03-12 12:00"), "ends_at": paris("2026-03-12 14:00")}
    day = {"starts_at": paris("2026-03-13 00:00"), "ends_at": paris("2026-03-14 00:00")}
    Closure.objects.create(
        name="Pont", starts_at=paris("2026-03-12 13:00"), ends_at=paris("2026-03-14 00:00")
    )
    Closure.objects.create(name="Absent", practitioner=cast.practitioner, **day)
    Closure.objects.create(name="travaux", venue=made.venue, **noon)
    Closure.objects.create(name="Pas ici", partner=cast.theirs, **day)
    Closure.objects.create(name="Pas nous", practitioner=other, **day)
    Closure.objects.create(name="Levée", lifted_at=NOW, **day)
    body = _page(cast.admin, "rhythm", made.pk)
    said = re.findall(r'closure-(?:name|when|whose)"> ?([^<]+?) ?<', body)
    assert said == [
        *("Travaux", "Thursday 12 March, from 12:00 to 14:00", f"{made.venue.name}, salle 2"),
        *(
            "Pont",
            "From Thursday 12 March at 13:00 to Saturday 14 March at 0:00",
            "The whole network",
        ),
        *("Absent", "Friday 13 March", "Dr Morel"),
    ]


def test_one_that_is_not_published_yet_says_so(cast: Cast) -> None:
    made = rhythm(cast.ours)
    assert "Its dates are being prepared" in _page(cast.admin, "rhythm", made.pk)
    assert "Its dates are being prepared" in _page(cast.admin, "rhythms")


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [_made(cast, label=f"Groupe {n}", start=time(9 + 3 * n)) for n in range(count)]
    for one in made:
        listed.seat(_on(one, date(2026, 3, 10)), factories.participant())
    close(cast)
    client = Client()
    client.force_login(cast.admin)
    # Session, account, memberships, partners; rhythms, who leads, next dates, their sessions, dates
    # not as usual.
    with django_assert_num_queries(9):
        client.get(reverse("rhythms"))
    # Session, account, memberships; the rhythm, who leads; its dates, their sessions; closures.
    with django_assert_num_queries(8):
        client.get(reverse("rhythm", args=[made[0].pk]))
