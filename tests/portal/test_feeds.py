"""A feed as a calendar program meets it: over HTTP, read by a parser that is not ours."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from booking import actions
from booking.models import Session
from calendars.feeds import issue_feed, revoke_feed
from calendars.models import Feed, FeedDetail, FeedScope
from calendars.publish import publish
from tests.calendars.reading import read
from tests.calendars.test_feeds import our_session
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

NOW = paris("2026-03-02 09:00")
EVENING = [date(2026, 3, 24), date(2026, 3, 31), date(2026, 10, 20), date(2026, 10, 27)]


def issue(cast: Cast, **fields: Any) -> tuple[Feed, str]:
    values = {"user": cast.admin, "scope": FeedScope.PARTNER, "partner": cast.ours, **fields}
    return issue_feed(now=NOW, **values)


def path(token: str) -> str:
    return reverse("feed", args=[token])


@pytest.mark.django_db(transaction=True)
def test_a_weekly_evening_is_at_18_on_both_sides_of_both_clock_changes(
    cast: Cast, live_server: LiveServer
) -> None:
    with time_machine.travel(NOW, tick=True):
        _, token = issue(cast)
        made = rhythm(cast.ours)
        done = publish(rhythm=made, until=paris("2026-12-01 00:00"), now=NOW, by=None)
        their_venue = cast.theirs.venues.create(
            name="Ailleurs", street="3 place du Parc", postcode="95000", city="Cergy"
        )
        our_session(cast, partner=cast.theirs, venue=their_venue, label="Leur groupe")
        with urllib.request.urlopen(f"{live_server.url}{path(token)}") as answer:
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            body = answer.read().decode()
    found = read(body).vevent_list
    assert len(found) == len(done.opened) == 38
    assert {event.summary.value for event in found} == {"Groupe B – 0/8"}
    assert {event.dtstart.value.strftime("%H:%M") for event in found} == {"18:00"}
    instants = {
        event.dtstart.value.date(): event.dtstart.value.astimezone(UTC).hour for event in found
    }
    assert [instants[day] for day in EVENING] == [17, 16, 16, 17]
    assert {e.dtend.value - e.dtstart.value for e in found} == {timedelta(hours=2)}
    assert "Leur groupe" not in body
    assert "Cergy" not in body


@pytest.mark.django_db(transaction=True)
def test_an_unknown_address_over_http_is_a_404(cast: Cast, live_server: LiveServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{live_server.url}{path('x' * 32)}")
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.django_db
def test_a_feed_says_what_it_is_and_that_it_is_private(cast: Cast, client: Client) -> None:
    _, token = issue(cast)
    answer = client.get(path(token))
    assert answer.status_code == 200
    assert path(token).endswith(f"/feeds/{token}.ics")
    wanted = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="jalon-le-relais.ics"',
        "Cache-Control": "private",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted
    assert answer.headers["ETag"].startswith('"')
    assert not answer.cookies


@pytest.mark.django_db
def test_head_gives_the_headers_without_the_body(cast: Cast, client: Client) -> None:
    _, token = issue(cast)
    got, headed = client.get(path(token)), client.head(path(token))
    assert headed.content == b""
    assert headed.headers["Content-Length"] == str(len(got.content))
    assert headed.headers["ETag"] == got.headers["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(cast: Cast, client: Client, method: str) -> None:
    _, token = issue(cast)
    answer = getattr(client, method)(path(token))
    # A POST without a CSRF token is refused earlier.
    assert answer.status_code in {403, 405}


@pytest.mark.django_db
def test_an_unchanged_feed_is_a_304_and_the_etag_wins_over_the_date(
    cast: Cast, client: Client
) -> None:
    session = our_session(cast, "2026-04-14 18:00")
    _, token = issue(cast)
    with time_machine.travel(NOW, tick=False):
        first = client.get(path(token))
    etag, date_then = first.headers["ETag"], first.headers["Last-Modified"]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        same = client.get(path(token), headers={"if-none-match": etag})
        dated = client.get(path(token), headers={"if-modified-since": date_then})
        assert (same.status_code, same.content, dated.status_code) == (304, b"", 304)
        assert same.headers["X-Robots-Tag"] == "noindex"
        actions.book_seat(
            by=None, now=NOW + timedelta(hours=1), session=session, participant=cast.hamel
        )
        conditions = {"if-none-match": etag, "if-modified-since": date_then}
        changed = client.get(path(token), headers=conditions)
        by_date = client.get(path(token), headers={"if-modified-since": date_then})
        stale = client.get(
            path(token),
            headers={"if-none-match": etag, "if-modified-since": changed.headers["Last-Modified"]},
        )
    assert [changed.status_code, by_date.status_code, stale.status_code] == [200, 200, 200]
    assert b"1/8" in changed.content


@pytest.mark.django_db
def test_unknown_revoked_and_suspended_answer_alike(cast: Cast, client: Client) -> None:
    feed, revoked = issue(cast)
    revoke_feed(by=cast.admin, now=NOW, feed=feed)
    _, suspended = issue(cast, user=cast.doctor, scope=FeedScope.MINE, partner=None)
    cast.doctor.is_active = False
    cast.doctor.save()
    answers = [client.get(path(token)) for token in ("a" * 32, revoked, suspended, "é'; --")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1


@pytest.mark.django_db
def test_an_empty_feed_is_a_calendar_and_not_an_error(cast: Cast, client: Client) -> None:
    _, token = issue(cast, detail=FeedDetail.BUSY)
    answer = client.get(path(token))
    assert answer.status_code == 200
    assert "vevent" not in read(answer.content).contents


@pytest.mark.django_db
def test_a_fetch_notes_when_it_happened(cast: Cast, client: Client) -> None:
    feed, token = issue(cast)
    with time_machine.travel(NOW, tick=False):
        client.get(path(token))
    feed.refresh_from_db()
    assert feed.read_at == NOW


@pytest.mark.django_db
@pytest.mark.parametrize("sessions", [1, 3])
def test_a_fetch_costs_the_same_for_one_session_and_for_three(
    cast: Cast, client: Client, sessions: int, django_assert_num_queries: Any
) -> None:
    _, token = issue(cast)
    for day in range(sessions):
        our_session(cast, f"2026-04-1{day} 18:00")
    with time_machine.travel(NOW, tick=False):
        client.get(path(token))
        with django_assert_num_queries(3):
            client.get(path(token))
    assert Session.objects.count() == sessions
    assert datetime.now(UTC) > NOW
