"""What somebody wants for their phone and their letters: refused, allowed again, shared, where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, Merged, NotAllowed
from booking.models import JournalEntry, Participant
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

Action = Callable[..., Participant]
ONE_BY_ONE: list[tuple[Action, dict[str, Any]]] = [
    (actions.refuse_texts, {}),
    (actions.allow_texts, {}),
    (actions.share_phone, {"shared": True}),
    (actions.change_address, {"postal_address": "3 place du Parc"}),
]


def entries() -> list[tuple[str, dict[str, object]]]:
    return [(one.verb, one.facts) for one in JournalEntry.objects.order_by("pk")]


def test_a_refusal_is_noted_once_and_taken_back_by_voice(cast: Cast) -> None:
    values: dict[str, Any] = {"now": timezone.now(), "participant": cast.hamel}
    for _ in range(2):
        assert actions.refuse_texts(by=None, **values).texts_refused
    for _ in range(2):
        assert not actions.allow_texts(by=cast.admin, **values).texts_refused
    assert entries() == [("texts_refused", {}), ("texts_allowed", {})]


def test_the_system_never_allows_texts_again(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.allow_texts(by=None, now=timezone.now(), participant=cast.hamel)


def test_a_phone_is_shared_and_no_longer(cast: Cast) -> None:
    for shared in (True, True, False):
        person = actions.share_phone(
            by=cast.admin, now=timezone.now(), participant=cast.hamel, shared=shared
        )
        assert person.phone_shared == shared
    assert [facts["shared"] for _verb, facts in entries()] == [True, False]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3 place du Parc\r\n\r\n  95000   Cergy ", "3 place du Parc\n95000 Cergy"),
        ("\n".join("abcdef"), "\n".join("abcdef")),
        ("  \n ", ""),
    ],
)
def test_an_address_is_kept_line_by_line(cast: Cast, typed: str, kept: str) -> None:
    values: dict[str, Any] = {"by": cast.admin, "now": timezone.now(), "participant": cast.hamel}
    person = actions.change_address(postal_address=typed, **values)
    person.refresh_from_db()
    assert person.postal_address == kept
    assert entries() == ([("address_changed", {"lines": kept.count("\n") + 1})] if kept else [])


@pytest.mark.parametrize("typed", ["\n".join("abcdefg"), "x" * 241, "3 place\0", "\ud800"])
def test_an_address_that_fits_no_envelope_is_refused(cast: Cast, typed: str) -> None:
    values: dict[str, Any] = {"by": None, "now": timezone.now(), "participant": cast.hamel}
    with pytest.raises(Invalid):
        actions.change_address(postal_address=typed, **values)
    assert entries() == []


@pytest.mark.parametrize(("action", "values"), ONE_BY_ONE)
def test_only_who_may_open_the_record(cast: Cast, action: Action, values: dict[str, Any]) -> None:
    for by in (cast.stranger, cast.observer, cast.doctor):
        with pytest.raises(NotAllowed):
            action(by=by, now=timezone.now(), participant=cast.hamel, **values)
    person = action(by=cast.admin, now=timezone.now(), participant=cast.hamel, **values)
    assert person == cast.hamel


@pytest.mark.parametrize(("action", "values"), ONE_BY_ONE)
def test_a_merged_record_is_refused(cast: Cast, action: Action, values: dict[str, Any]) -> None:
    double = factories.participant()
    actions.merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=double)
    with pytest.raises(Merged):
        action(by=cast.coordinator, now=timezone.now(), participant=double, **values)
