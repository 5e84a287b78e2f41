"""A date that was taken back is in no calendar, not even as cancelled."""

from __future__ import annotations

from typing import Any

import pytest

from booking import actions
from booking.models import Session
from calendars.feeds import issue_feed, render
from calendars.models import Feed, FeedDetail, FeedScope
from tests import factories
from tests.calendars.reading import read
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-03-01 09:00")


def _labels(feed: Feed) -> list[str]:
    events = read(render(feed, NOW).body).contents.get("vevent", [])
    return [event.summary.value for event in events]


@pytest.mark.parametrize("detail", list(FeedDetail))
def test_in_no_feed(cast: Cast, detail: FeedDetail) -> None:
    programme = factories.programme(cast.ours)
    sessions: list[Session] = [
        factories.session(
            cast.ours,
            paris(f"2026-04-{day} 18:00"),
            programme=programme,
            practitioners=[cast.practitioner],
        )
        for day in (14, 21)
    ]
    targets: dict[FeedScope, Any] = {
        FeedScope.MINE: (cast.doctor, {}),
        FeedScope.NETWORK: (cast.coordinator, {}),
        FeedScope.PARTNER: (cast.admin, {"partner": cast.ours}),
        FeedScope.VENUE: (cast.admin, {"venue": sessions[0].venue}),
        FeedScope.PROGRAMME: (cast.admin, {"programme": programme}),
        FeedScope.PRACTITIONER: (cast.admin, {"practitioner": cast.practitioner}),
    }
    assert set(targets) == set(FeedScope)
    feeds = [
        issue_feed(user=user, scope=scope, detail=detail, now=NOW, **target)[0]
        for scope, (user, target) in targets.items()
    ]
    before = [_labels(feed) for feed in feeds]
    assert {len(labels) for labels in before} == {2}
    assert actions.discard_sessions(by=cast.admin, now=NOW, sessions=sessions[:1])
    assert [_labels(feed) for feed in feeds] == [labels[1:] for labels in before]
