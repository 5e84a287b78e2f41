"""A calendar that somebody subscribes to by a secret address: who may, and what it shows.

Calendar companies keep copies of what they fetch, and mail the address around. So a feed says a
neutral label and counts, or only "busy"; never a name, a phone, a mandate or a service.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Busy, Invalid, NotAllowed
from booking.locking import writing
from booking.models import JournalEntry, Partner, Practitioner, Programme, User, Venue
from booking.models.journal import Verb
from calendars import contents, ics
from calendars.models import TARGETS, Feed, FeedDetail, FeedScope

DAYS_BACK = 30
DAYS_AHEAD = 365
_SECRET_BYTES = 20  # 160 random bits: 32 letters of base32, no padding
_READ_PRECISION = timedelta(minutes=10)


@dataclass(frozen=True)
class Rendered:
    """What is served. `etag` is bare, without quotes; `name` is the calendar's, for people."""

    body: bytes
    etag: str
    last_modified: datetime
    name: str


def issue_feed(
    *,
    user: User,
    scope: FeedScope,
    now: datetime,
    detail: FeedDetail = FeedDetail.COUNTS,
    practitioner: Practitioner | None = None,
    partner: Partner | None = None,
    venue: Venue | None = None,
    programme: Programme | None = None,
) -> tuple[Feed, str]:
    """Give this member of staff a feed, and the secret of its address: nobody can read it again.

    Raises NotAllowed when they may not see what the scope names, Invalid when the scope and its
    target do not fit.
    """
    targets = {
        "practitioner": practitioner,
        "partner": partner,
        "venue": venue,
        "programme": programme,
    }
    named = {field for field, target in targets.items() if target is not None}
    if named != ({scope.value} if scope in TARGETS else set()):
        raise Invalid(_("A feed names exactly what it shows."))
    feed = Feed(user=user, scope=scope, detail=detail, created_at=now, **targets)
    if not _may_see(user, feed):
        raise NotAllowed
    token = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode().lower()
    feed.token_hash = _hash(token)
    with writing():
        feed.save()
        journal.write([_entry(feed, Verb.FEED_ISSUED, at=now, by=user)])
    return feed, token


def find_feed(token: str) -> Feed | None:
    """The feed behind a secret, or None when it is unknown, revoked, or its owner suspended."""
    return (
        Feed.objects.select_related("user", "practitioner", "partner", "venue", "programme")
        .filter(token_hash=_hash(token), revoked_at__isnull=True, user__is_active=True)
        .first()
    )


def revoke_feed(*, by: access.Actor, now: datetime, feed: Feed) -> Feed:
    """Close an address for good; its owner or a coordinator may. Raises NotAllowed."""
    if by is not None and by.pk != feed.user_id and not access.scope(by).network:
        raise NotAllowed
    with writing():
        if Feed.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=now):
            journal.write([_entry(feed, Verb.FEED_REVOKED, at=now, by=by)])
    feed.refresh_from_db(fields=["revoked_at"])
    return feed


def _entry(feed: Feed, verb: Verb, *, at: datetime, by: access.Actor) -> JournalEntry:
    facts = {"feed": feed.pk, "scope": feed.scope, "owner": feed.user_id}
    return JournalEntry(at=at, actor=by, verb=verb, partner=feed.partner, facts=facts)


def render(feed: Feed, now: datetime) -> Rendered:
    """The calendar as it is now. The bytes depend on the sessions, their seats, the owner's rights
    and the day, and on nothing else.

    Last-Modified is when these bytes were first served (`mark_read` keeps it): a seat taken or a
    right lost changes the bytes, but no date on any session.
    """
    today = timezone.localdate(now, ics.PARIS)
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    name = contents.name(feed)
    body = ics.calendar(name, contents.entries(feed, first, last), first_day=first, last_day=last)
    etag = hashlib.sha256(body).hexdigest()[:32]
    known = feed.body_changed_at if feed.etag == etag else None
    return Rendered(body, etag, known or now, name)


def mark_read(feed: Feed, rendered: Rendered, now: datetime) -> None:
    """Note that a calendar program came by, at most every ten minutes unless the bytes changed.
    When the database stays busy for as long as we ever wait, the note is dropped, not the answer.
    """
    changed = feed.etag != rendered.etag
    if not changed and feed.read_at is not None and now - feed.read_at < _READ_PRECISION:
        return
    seen = {"etag": rendered.etag, "body_changed_at": now} if changed else {}
    with suppress(Busy), writing():
        Feed.objects.filter(pk=feed.pk).update(read_at=now, **seen)


def _may_see(user: User, feed: Feed) -> bool:
    """Whether what the feed names is theirs to see today; each fetch asks again, row by row."""
    held = access.scope(user)
    if held.network:
        return True
    here = held.admin_of | held.practises_at
    if feed.scope == FeedScope.MINE:
        return bool(here)
    if feed.practitioner is not None:
        themselves = feed.practitioner.user_id == user.pk
        return feed.practitioner.partner_id in (here if themselves else held.admin_of)
    place = feed.venue or feed.programme
    return (place.partner_id if place else feed.partner_id) in here


def _hash(token: str) -> str:
    """A fast hash is enough for 160 random bits: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
