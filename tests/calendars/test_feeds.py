from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import Membership, Session
from booking.models.partner import ServiceFamily
from calendars.feeds import find_feed, issue_feed, mark_read, render, revoke_feed
from calendars.models import Feed, FeedDetail, FeedScope
from tests import factories
from tests.calendars.reading import read
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-03-01 09:00")


def our_feed(cast: Cast, **fields: Any) -> Feed:
    values = {"user": cast.admin, "scope": FeedScope.PARTNER, "partner": cast.ours, **fields}
    return issue_feed(now=NOW, **values)[0]


def our_session(cast: Cast, start: str = "2026-04-14 18:00", **fields: Any) -> Session:
    """Opened at NOW, so that nothing depends on when the tests run."""
    starts_at = paris(start)
    values: dict[str, Any] = {
        "partner": cast.ours,
        "service": factories.service(),
        "venue": cast.venue,
        "label": "Groupe B",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "capacity": 8,
        **fields,
    }
    return actions.open_session(by=None, now=NOW, **values)


def events(feed: Feed, now: Any = NOW) -> list[Any]:
    found = find(feed)
    whole = read(render(found, now).body)
    return list(whole.contents.get("vevent", []))


def find(feed: Feed) -> Feed:
    """As a fetch sees it: fresh rows, fresh rights."""
    return Feed.objects.select_related("user", "partner", "venue", "programme").get(pk=feed.pk)


def summaries(feed: Feed, now: Any = NOW) -> list[str]:
    return [event.summary.value for event in events(feed, now)]


def test_a_token_has_160_bits_and_only_its_hash_is_kept(cast: Cast) -> None:
    feed, token = issue_feed(user=cast.admin, scope=FeedScope.MINE, now=NOW)
    assert (len(token), token) == (32, token.lower())
    assert feed.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert find_feed(token) == feed
    assert find_feed(token.upper()) is None
    assert token not in str(Feed.objects.values().get(pk=feed.pk))


def test_a_revoked_feed_and_one_whose_owner_is_suspended_are_not_found(cast: Cast) -> None:
    _, kept = issue_feed(user=cast.admin, scope=FeedScope.MINE, now=NOW)
    feed, gone = issue_feed(user=cast.admin, scope=FeedScope.MINE, now=NOW)
    revoke_feed(by=cast.admin, now=NOW, feed=feed)
    assert (feed.revoked_at, find_feed(gone), find_feed(kept) is None) == (NOW, None, False)
    cast.admin.is_active = False
    cast.admin.save()
    assert find_feed(kept) is None


def test_the_owner_and_the_coordination_revoke_and_nobody_else(cast: Cast) -> None:
    feed = our_feed(cast)
    for other in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            revoke_feed(by=other, now=NOW, feed=feed)
    revoke_feed(by=cast.coordinator, now=NOW, feed=feed)
    later = revoke_feed(by=cast.admin, now=NOW + timedelta(days=1), feed=feed)
    assert later.revoked_at == NOW


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("coordinator", "mine practitioner partner venue programme network"),
        ("admin", "mine practitioner partner venue programme"),
        ("doctor", "mine practitioner partner venue programme"),
        ("stranger", "mine"),
        ("observer", ""),
    ],
)
def test_one_subscribes_to_what_one_may_see(cast: Cast, who: str, may: str) -> None:
    targets: dict[str, dict[str, Any]] = {
        "mine": {},
        "practitioner": {"practitioner": cast.practitioner},
        "partner": {"partner": cast.ours},
        "venue": {"venue": cast.venue},
        "programme": {"programme": factories.programme(cast.ours)},
        "network": {},
    }
    allowed = []
    for scope, target in targets.items():
        try:
            issue_feed(user=getattr(cast, who), scope=FeedScope(scope), now=NOW, **target)
            allowed.append(scope)
        except NotAllowed:
            pass
    assert " ".join(allowed) == may
    assert Feed.objects.count() == len(allowed)


def test_a_colleague_s_agenda_is_for_who_manages_the_partner(cast: Cast) -> None:
    colleague = factories.practitioner(cast.ours)
    with pytest.raises(NotAllowed):
        issue_feed(user=cast.doctor, scope=FeedScope.PRACTITIONER, practitioner=colleague, now=NOW)


def test_a_scope_and_its_target_must_fit(cast: Cast) -> None:
    with pytest.raises(Invalid):
        issue_feed(user=cast.admin, scope=FeedScope.PARTNER, now=NOW)
    with pytest.raises(Invalid):
        issue_feed(user=cast.admin, scope=FeedScope.MINE, partner=cast.ours, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feed.objects.filter(pk=our_feed(cast).pk).update(scope=FeedScope.VENUE)


def test_each_scope_shows_its_own_sessions(cast: Cast) -> None:
    elsewhere = factories.venue(cast.ours)
    group = factories.programme(cast.ours)
    our_session(cast, label="led", practitioners=[cast.practitioner])
    our_session(cast, "2026-04-15 18:00", label="elsewhere", venue=elsewhere)
    our_session(cast, "2026-04-16 18:00", label="group", programme=group)
    their_venue = factories.venue(cast.theirs)
    our_session(cast, "2026-04-17 18:00", label="theirs", partner=cast.theirs, venue=their_venue)
    network = {"user": cast.coordinator, "scope": FeedScope.NETWORK, "partner": None}
    asked: dict[str, dict[str, Any]] = {
        "mine": {"user": cast.doctor, "scope": FeedScope.MINE, "partner": None},
        "practitioner": {
            "scope": FeedScope.PRACTITIONER,
            "practitioner": cast.practitioner,
            "partner": None,
        },
        "venue": {"scope": FeedScope.VENUE, "venue": elsewhere, "partner": None},
        "programme": {"scope": FeedScope.PROGRAMME, "programme": group, "partner": None},
        "partner": {},
        "network": network,
    }
    shown = {
        name: [text.split(" ")[0] for text in summaries(our_feed(cast, **fields))]
        for name, fields in asked.items()
    }
    assert shown == {
        "mine": ["led"],
        "practitioner": ["led"],
        "venue": ["elsewhere"],
        "programme": ["group"],
        "partner": ["led", "elsewhere", "group"],
        "network": ["led", "elsewhere", "group", "theirs"],
    }


def test_rights_that_are_lost_empty_the_feed_at_the_next_fetch(cast: Cast) -> None:
    feed = our_feed(cast)
    our_session(cast)
    assert len(summaries(feed)) == 1
    Membership.objects.filter(user=cast.admin).delete()
    assert summaries(feed) == []


def test_a_doctor_s_partner_feed_shows_only_what_the_doctor_leads(cast: Cast) -> None:
    our_session(cast, label="led", practitioners=[cast.practitioner])
    our_session(cast, "2026-04-15 18:00", label="other")
    assert summaries(our_feed(cast, user=cast.doctor)) == ["led – 0/8"]


def test_two_practitioners_in_one_session_count_its_seats_once(cast: Cast) -> None:
    both = [cast.practitioner, factories.practitioner(cast.ours, cast.doctor)]
    session = our_session(cast, practitioners=both)
    for person in (cast.hamel, factories.participant()):
        actions.book_seat(by=None, now=NOW, session=session, participant=person)
    mine = our_feed(cast, user=cast.doctor, scope=FeedScope.MINE, partner=None)
    assert summaries(mine) == ["Groupe B – 2/8"]


def test_busy_says_nothing_but_when(cast: Cast) -> None:
    our_session(cast)
    feed = our_feed(cast, detail=FeedDetail.BUSY)
    [event] = events(feed)
    assert event.summary.value == "Occupé"
    assert {"location", "url", "description"} & set(event.contents) == set()
    assert render(find(feed), NOW).name == "Jalon"


def test_counts_say_where_and_link_to_the_page_behind_the_log_in(cast: Cast) -> None:
    session = our_session(cast)
    [event] = events(our_feed(cast))
    assert event.location.value == "12 rue des Lilas, Pontoise (salle 2)"
    assert event.url.value == f"http://127.0.0.1:8000/seances/{session.pk}/"
    assert event.uid.value == str(session.uid)


def test_no_feed_holds_a_word_about_anybody(cast: Cast) -> None:
    secret = factories.service(ServiceFamily.ADDICTION, name="Soin en addictologie")
    cast.ours.services.add(secret)
    session = our_session(cast, service=secret, practitioners=[cast.practitioner])
    seat = actions.book_seat(by=None, now=NOW, session=session, participant=cast.hamel)
    told = [cast.hamel.last_name, cast.hamel.first_name, cast.hamel.phone, cast.hamel.reference]
    told += [secret.name, "addict", cast.practitioner.name, cast.admin.name]
    told += [str(cast.referral.get_mandate_display()), "39980072"]
    assert seat.active
    for detail in FeedDetail:
        body = render(find(our_feed(cast, detail=detail)), NOW).body.decode()
        unfolded = body.replace("\r\n ", "").casefold()
        assert [word for word in told if word.casefold() in unfolded] == []


def test_a_cancelled_session_is_shown_for_thirty_days(cast: Cast) -> None:
    session = our_session(cast, "2026-06-14 18:00")
    feed = our_feed(cast)
    actions.cancel_session(by=None, now=NOW, session=session)
    [event] = events(feed)
    assert event.summary.value == "ANNULÉ – Groupe B – 0/8"
    assert (event.sequence.value, event.status.value) == ("1", "CANCELLED")
    assert len(events(feed, NOW + timedelta(days=30))) == 1
    assert events(feed, NOW + timedelta(days=31)) == []


def test_the_window_goes_from_30_days_back_to_365_ahead(cast: Cast) -> None:
    days = ("2026-01-29 23:00", "2026-01-30 00:00", "2027-03-01 21:00", "2027-03-02 00:00")
    for start in days:
        our_session(cast, start)
    found = [event.dtstart.value.strftime("%Y-%m-%d %H:%M") for event in events(our_feed(cast))]
    assert found == ["2026-01-30 00:00", "2027-03-01 21:00"]


def test_the_bytes_are_the_same_all_day_and_in_any_language(cast: Cast) -> None:
    from django.utils import timezone, translation

    our_session(cast)
    feed = our_feed(cast)
    morning = render(find(feed), NOW)
    with translation.override("en"), timezone.override("America/Cayenne"):
        evening = render(find(feed), paris("2026-03-01 23:59"))
    assert (morning.body, morning.etag) == (evening.body, evening.etag)


def test_the_bytes_change_with_a_seat_and_come_back_with_it(cast: Cast) -> None:
    session = our_session(cast)
    feed = our_feed(cast)
    before = render(find(feed), NOW)
    seat = actions.book_seat(by=None, now=NOW, session=session, participant=cast.hamel)
    between = render(find(feed), NOW)
    actions.release_seat(by=None, now=NOW, seat=seat)
    assert render(find(feed), NOW).body == before.body
    assert between.etag != before.etag


def test_last_modified_moves_only_when_the_bytes_do(cast: Cast) -> None:
    session = our_session(cast)
    feed = our_feed(cast)
    mark_read(feed, render(feed, NOW), NOW)
    later = NOW + timedelta(hours=2)
    assert render(find(feed), later).last_modified == NOW
    actions.book_seat(by=None, now=later, session=session, participant=cast.hamel)
    assert render(find(feed), later).last_modified == later


def test_a_read_is_noted_every_ten_minutes_at_most(cast: Cast) -> None:
    feed = our_feed(cast)
    noted = []
    for minutes in (0, 9, 10):
        now = NOW + timedelta(minutes=minutes)
        mark_read(find(feed), render(find(feed), now), now)
        noted.append(find(feed).read_at)
    assert noted == [NOW, NOW, NOW + timedelta(minutes=10)]


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_fetch_asks_the_database_three_questions(cast: Cast, sessions: int) -> None:
    _, token = issue_feed(user=cast.admin, scope=FeedScope.PARTNER, partner=cast.ours, now=NOW)
    for day in range(sessions):
        session = our_session(cast, f"2026-04-1{day} 18:00", practitioners=[cast.practitioner])
        actions.book_seat(by=None, now=NOW, session=session, participant=cast.hamel)
    with CaptureQueriesContext(connection) as queries:
        feed = find_feed(token)
        assert feed is not None
        render(feed, NOW)
    assert len(queries) == 3  # the feed with its owner, the memberships, the sessions


def test_a_hostile_label_comes_back_the_same(cast: Cast) -> None:
    label = "É;, \\N 😀\nBEGIN:VEVENT\n" + "ô" * 15
    our_session(cast, label=label)
    assert summaries(our_feed(cast)) == [f"{label} – 0/8"]
