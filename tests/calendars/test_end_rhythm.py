from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, Session
from booking.models.journal import Verb
from booking.models.session import SessionState
from calendars.actions import end_rhythm
from calendars.actions.end_rhythm import Ended
from calendars.ending import Ending, review_end
from calendars.errors import ReviewFirst
from calendars.models import Rhythm
from calendars.publish import publish
from sms.dispatch import dispatch_due
from sms.models import Step, Text
from tests import factories
from tests.calendars.test_change_rhythm import (
    MARCH_9,
    NOW,
    book,
    change,
    held,
    on,
    published,
    writes_nothing,
)
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(cast: Cast) -> Rhythm:
    return published(cast)


def end(made: Rhythm, **values: Any) -> Ended:
    given = {"by": None, "from_day": MARCH_9, **values}
    return end_rhythm(now=NOW, rhythm=made, **given)


def test_no_date_from_that_day_on(made: Rhythm) -> None:
    done = end(made)
    assert (held(made), done.taken_back) == (["03-03 18:00"], 4)
    assert made.dates.count() == 1
    made.refresh_from_db()
    assert made.ended_on == MARCH_9
    assert writes_nothing(made)
    publish(rhythm=made, now=NOW, until=paris("2026-12-01 00:00"))
    assert held(made) == ["03-03 18:00"]


def test_where_somebody_sits_it_takes_place_all_the_same(cast: Cast, made: Rhythm) -> None:
    used = on(made, 17)
    book(used, cast.hamel)
    done = end(made)
    assert (done.kept, done.cancelled) == ((used,), ())
    assert held(made) == ["03-03 18:00", "03-17 18:00"]
    assert writes_nothing(made)


def test_or_it_is_cancelled_and_everybody_is_told(
    cast: Cast, made: Rhythm, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTBOX = tmp_path
    seats = [book(on(made, day), cast.hamel) for day in (10, 17)]
    dispatch_due()
    with pytest.raises(ReviewFirst) as first:
        end(made, seated=Ending.CANCEL)
    assert (first.value.review.by_text, first.value.review.to_call) == (1, 0)
    done = end(made, seated=Ending.CANCEL, reviewed=first.value.review.token)
    assert len(done.cancelled) == 2
    told = Text.objects.filter(step=Step.CANCELLED).values_list("seat", flat=True)
    assert sorted(told) == [seat.pk for seat in seats]
    assert held(made) == ["03-03 18:00"]


def test_what_everybody_left_again_is_no_place_for_others(cast: Cast, made: Rhythm) -> None:
    left = on(made, 10)
    actions.release_seat(by=None, now=NOW, seat=book(left, cast.hamel))
    done = end(made)
    assert done.cancelled == (left,)
    left.refresh_from_db()
    assert left.state == SessionState.CANCELLED


def test_a_date_that_was_moved_goes_with_it_when_nobody_sits_there(made: Rhythm) -> None:
    moved = on(made, 17)
    actions.move_session(by=None, now=NOW, session=moved, starts_at=paris("2026-03-18 18:00"))
    end(made)
    assert held(made) == ["03-03 18:00"]


def test_what_was_looked_at_must_still_be_so(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10), cast.hamel)
    values: dict[str, Any] = {"from_day": MARCH_9, "seated": Ending.CANCEL}
    seen = review_end(by=cast.admin, now=NOW, rhythm=made, **values)
    assert (seen.cancelled, seen.told, seen.taken_back) == ((on(made, 10),), 1, 3)
    book(on(made, 10), factories.participant())
    with pytest.raises(Invalid):
        end(made, seated=Ending.CANCEL, reviewed=seen.token)
    end(made, seated=Ending.CANCEL, anyway=True)


def test_it_ends_once_and_may_end_earlier(made: Rhythm) -> None:
    end(made, from_day=date(2026, 3, 20))
    for day in (date(2026, 3, 20), date(2026, 3, 21)):
        with pytest.raises(Invalid):
            end(made, from_day=day)
    end(made)
    assert held(made) == ["03-03 18:00"]


def test_it_changes_until_it_ends(made: Rhythm) -> None:
    end(made, from_day=date(2026, 3, 20))
    change(made, start=time(19))
    assert held(made) == ["03-03 18:00", "03-10 19:00", "03-17 19:00"]
    with pytest.raises(Invalid):
        change(made, from_day=date(2026, 3, 20), start=time(20))


@pytest.mark.parametrize("day", [date(2026, 2, 2), date(2027, 3, 10)])
def test_it_ends_between_tomorrow_and_400_days(made: Rhythm, day: date) -> None:
    with pytest.raises(Invalid):
        end(made, from_day=day)


def test_the_journal_says_it(cast: Cast, made: Rhythm) -> None:
    end(made, by=cast.admin)
    entry = JournalEntry.objects.get(verb=Verb.RHYTHM_ENDED)
    assert (entry.actor, entry.partner) == (cast.admin, cast.ours)
    assert entry.facts == {
        "rhythm": made.pk,
        "from_day": "2026-03-09",
        "cancelled": [],
        "kept": [],
    }


@pytest.mark.parametrize("who", ["stranger", "doctor", "observer"])
def test_only_who_manages_the_partner_ends_it(cast: Cast, made: Rhythm, who: str) -> None:
    with pytest.raises(NotAllowed):
        end(made, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        review_end(by=getattr(cast, who), now=NOW, rhythm=made, from_day=MARCH_9)
    assert Session.objects.filter(state=SessionState.PLANNED).count() == 5
