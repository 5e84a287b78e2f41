"""The same request twice has one effect: a browser that sends again, an impatient second click.

An action decorated with `@once` declares `key: str = ""` as its last keyword. Called with a key, it
first writes the row `Answered(actor, key)` in its own transaction, so a second request of that key
waits for the first one (PostgreSQL: at most `lock_timeout`, then Busy). Then:

- the first one commits: the second gets its answer, read again from the database as it is now;
- the first one is refused, crashes or is killed: its row goes with it, and the second is the first;
- the second carries other content: KeyReused;
- the actor's account was closed since, may no longer open a record in the answer, or took a seat at
  another partner of which the state now says who came: NotAllowed.

The content is kept as a keyed hash (SHA-256 with the site's secret): a plain one of a name and a
birth date could be guessed. Answers are kept as primary keys: see `booking.answers`.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import ParamSpec, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.answers import packed, rows_in, unpacked
from booking.errors import Busy, Invalid, KeyReused, NotAllowed
from booking.locking import writing
from booking.models import Participant, Seat
from booking.models.answered import LONGEST_KEY, Answered
from booking.models.seat import SeatState
from booking.models.staff import User

P = ParamSpec("P")
R = TypeVar("R")

#: A key is good for this long; by then no browser sends the same form again.
KEPT = timedelta(days=7)

_KEY = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_KEY}}}")
#: No part of the content. A password is left out because a fast hash of it must not be kept.
_LEFT_OUT = {"now", "key", "password"}
_BEFORE_IT = {SeatState.HELD, SeatState.BOOKED, SeatState.RELEASED, SeatState.CANCELLED}
#: Not through the ORM, whose `ignore_conflicts` does not tell whether there was one.
_CLAIM = (
    'INSERT INTO booking_answered (actor_id, "key", digest, answer, at) '
    "VALUES (%s, %s, %s, '{}', %s) ON CONFLICT (actor_id, \"key\") DO NOTHING"
)


def once(action: Callable[P, R]) -> Callable[P, R]:
    """Let an action be called with a key. Without one, this adds nothing to the call.

    Raises, beside what the action raises: Invalid for a malformed key, KeyReused, Busy,
    and NotAllowed when the answer is no longer for this account.
    """

    @functools.wraps(action)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if not kwargs.get("key"):
            return action(*args, **kwargs)
        return _first_or_same(action, *args, **kwargs)

    return wrapper


def forget_answers(now: datetime) -> int:
    """Delete the answers older than `KEPT`, and say how many: for a schedule to call."""
    return Answered.objects.filter(at__lt=now - KEPT).delete()[0]


def _first_or_same(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    key = str(kwargs["key"])
    if not _KEY.fullmatch(key):
        raise Invalid(_("A key has from 1 to 64 letters without accents, digits, “-” or “_”."))
    for name, value in kwargs.items():
        if isinstance(value, Iterator):
            kwargs[name] = tuple(value)  # It is read twice: for the hash, and by the action.
    by = cast("access.Actor", kwargs["by"])
    actor_id = by.pk if by else 0
    digest = _digest(action, kwargs)
    with writing():
        now = cast("datetime", kwargs["now"])
        if not _claim(actor_id, key, digest, now):
            return cast("R", _again(action, by, key, digest, now))
        answer = action(*args, **kwargs)
        row = Answered.objects.filter(actor_id=actor_id, key=key)
        row.update(answer={"answer": packed(answer, of=action)})
    return answer


def _claim(actor_id: int, key: str, digest: str, now: datetime) -> bool:
    """Whether this request is the first; waits for another one of this key that is under way."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [actor_id, key, digest, at])
        return bool(cursor.rowcount == 1)


def _again(
    action: Callable[..., object], by: access.Actor, key: str, digest: str, now: datetime
) -> object:
    before = Answered.objects.filter(actor_id=by.pk if by else 0, key=key).first()
    if before is None:  # Forgotten at this very moment.
        raise Busy
    if before.digest != digest:
        raise KeyReused
    answer = unpacked(before.answer["answer"], of=action)
    if by is not None:
        _refuse_outsider(by, answer, now)
    return answer


def _refuse_outsider(by: User, answer: object, now: datetime) -> None:
    """The action does not look at the rights again, so this does: as they are now, and not as this
    account object may remember them."""
    account = User.objects.filter(pk=by.pk).first()
    if account is None or access.scope(account) == access.Scope():
        raise NotAllowed
    access.must_know(account, *rows_in(answer, Participant))
    # A seat's state says by and by who came: not to somebody who took it at another partner.
    told = {
        seat.pk
        for seat in rows_in(answer, Seat)
        if seat.starts_at <= now or seat.state not in _BEFORE_IT
    }
    if told and Seat.objects.visible_to(account).filter(pk__in=told).count() < len(told):
        raise NotAllowed


def _digest(action: Callable[..., object], given: Mapping[str, object]) -> str:
    """The same for an argument left out and for its default given."""
    bound = inspect.signature(action).bind(**given)
    bound.apply_defaults()
    content = {
        name: _plain(value) for name, value in bound.arguments.items() if name not in _LEFT_OUT
    }
    said = json.dumps([action.__name__, content], sort_keys=True)
    return salted_hmac("booking.once", said, algorithm="sha256").hexdigest()


def _plain(value: object) -> object:  # noqa: PLR0911 - one line a kind
    """The value as JSON, each kind told apart. Collections have no order: they name a set of rows.

    Raises TypeError for a kind that no action takes, ValueError for a row that is not saved.
    """
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case Model():
            if value.pk is None:
                raise ValueError("a row that is not saved has no identity")
            return {value._meta.label: value.pk}  # noqa: SLF001 - documented all the same
        case datetime():
            return {"at": (value.astimezone(UTC) if value.tzinfo else value).isoformat()}
        case date() | time():
            return {"on": value.isoformat()}
        case timedelta():
            return {"for": value.total_seconds()}
        case QuerySet() | Collection():
            return sorted((_plain(item) for item in value), key=json.dumps)
    if is_dataclass(value):
        return {
            type(value).__name__: {
                one.name: _plain(getattr(value, one.name)) for one in fields(value)
            }
        }
    raise TypeError(f"no part of a request's content: {type(value).__name__}")
