"""Two records, one person? Everybody hears yes or no; the coordination sees which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking import access
from booking import doubles as rules
from booking.models import Participant, TwoPeople
from booking.models.person import PhoneState
from booking.queries.followed import Followed, followed_at

#: A number that more records than this share is a hostel's or an office's: no sign of a double.
_CROWD = 5


class Reason(TextChoices):
    NAMES = "names", _("same names and birth date")
    EXCHANGED = "exchanged", _("same names, exchanged, and birth date")
    PHONE = "phone", _("same number")


@dataclass(frozen=True)
class Pair:
    """Two records that look like one person; `first` is the older one."""

    first: Participant
    second: Participant
    reasons: tuple[Reason, ...]
    #: Both are expected in the same kind of service: a place is perhaps taken twice.
    both_followed: bool


def known_elsewhere(person: Participant, user: access.Reader) -> bool:
    """Whether to say "already known in the network" beside a person whom this account may see."""
    return access.reveals(person, user) and rules.known_elsewhere(user, person)


def doubles(user: access.Reader | None, now: datetime, *, limit: int = 200) -> list[Pair]:
    """Pairs to look at, each once: those followed twice at this moment first, then those with most
    reasons, then the newest. Empty for everybody but the coordination (None: the command line).
    Five queries and the account's own, whatever the number of records. One record that is placed
    twice is no pair: see booking.queries.placed_twice."""
    if user is not None and not access.scope(user).network:
        return []
    found = _reasons()
    for told_apart in TwoPeople.objects.values_list("first_id", "second_id"):
        found.pop(told_apart, None)
    if not found:
        return []
    followed = followed_at(now)
    both = {pair for pair in found if _expected_alike(followed, *pair)}
    ranked = sorted(
        found,
        key=lambda pair: (pair not in both, -len(found[pair]), -pair[1], -pair[0]),
    )[:limit]
    people = Participant.objects.in_bulk({pk for pair in ranked for pk in pair})
    return [
        Pair(
            people[first],
            people[second],
            tuple(reason for reason in Reason if reason in found[first, second]),
            both_followed=(first, second) in both,
        )
        for first, second in ranked
        # Erased a moment ago.
        if first in people and second in people
    ]


def _expected_alike(followed: Followed, one: int, other: int) -> bool:
    return not followed.get(one, {}).keys().isdisjoint(followed.get(other, {}))


def _reasons() -> dict[tuple[int, int], set[Reason]]:
    """Each pair of records that go on, the lower primary key first → why they look alike."""
    by_key: dict[str, list[int]] = defaultdict(list)
    by_phone: dict[str, list[int]] = defaultdict(list)
    rows = Participant.objects.filter(merged_into=None).order_by("pk")
    for pk, key, phone, state in rows.values_list("pk", "identity_key", "phone", "phone_state"):
        by_key[key].append(pk)
        if phone and state != PhoneState.WRONG:
            by_phone[phone].append(pk)
    found: dict[tuple[int, int], set[Reason]] = defaultdict(set)
    for pair in _pairs(by_key):
        found[pair].add(Reason.NAMES)
    for key, people in by_key.items():
        last, first, born = key.split("|")
        exchanged = f"{first}|{last}|{born}"
        if key < exchanged:
            for one in people:
                for other in by_key.get(exchanged, ()):
                    found[min(one, other), max(one, other)].add(Reason.EXCHANGED)
    for pair in _pairs({n: who for n, who in by_phone.items() if len(who) <= _CROWD}):
        found[pair].add(Reason.PHONE)
    return dict(found)


def _pairs(groups: dict[str, list[int]]) -> Iterator[tuple[int, int]]:
    for people in groups.values():
        yield from combinations(people, 2)
