from __future__ import annotations

import logging

import pytest

from booking.errors import Invalid
from booking.holding_one import hold_one
from booking.locking import writing
from booking.models import Referrer, Venue
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_what_the_database_cannot_store_is_refused_without_being_quoted(
    cast: Cast, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    long, nul, huge = {"name": "Secret" * 40}, {"name": "Secret\0"}, {"pk": 2**63}
    # SQLite has no lengths and stores a NUL.
    for wrong in (huge, long, nul) if engine == "postgresql" else (huge,):
        with caplog.at_level(logging.ERROR), pytest.raises(Invalid) as refusal, writing():
            Referrer.objects.create(**{"name": "N", "kind": "court", **wrong})
        assert "Secret" not in f"{refusal.value}{caplog.text}"
        assert refusal.value.__suppress_context__
    assert Referrer.objects.count() == 0
    assert {record.name for record in caplog.records} == {"booking.locking"}


def test_half_a_character_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid), writing():
        Venue.objects.filter(pk=cast.venue.pk).update(name="Annexe \udce9")


def test_a_session_or_a_person_who_is_gone_is_said(cast: Cast) -> None:
    session = factories.session(cast.ours)
    for keys in ((session.pk + 1000, cast.hamel.pk), (session.pk, cast.hamel.pk + 1000)):
        with pytest.raises(Invalid, match=r"longer|plus"), writing():
            hold_one(*keys)
