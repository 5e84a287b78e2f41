"""A label is seen by calendar companies."""

from __future__ import annotations

import pytest

from booking.errors import Invalid
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "label", ["Stage de responsabilisation", "GROUPE DE PAROLE", "Suivi psy­chologique", " ", "SPIP"]
)
def test_a_label_that_tells_is_refused(cast: Cast, label: str) -> None:
    with pytest.raises(Invalid):
        factories.session(cast.ours, label=label)


def test_a_neutral_label_is_taken(cast: Cast) -> None:
    assert factories.session(cast.ours, label="Groupe B").label == "Groupe B"


def test_the_longest_label_is_taken_and_a_longer_one_refused(cast: Cast) -> None:
    assert factories.session(cast.ours, label="x" * 40).label == "x" * 40
    for label in ("x" * 41, "Groupe\0B"):
        with pytest.raises(Invalid):
            factories.session(cast.ours, label=label)
