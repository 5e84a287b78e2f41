"""Who is shown what a closure would do."""

from __future__ import annotations

from typing import Any

import pytest

from booking.errors import NotAllowed
from calendars.queries.affected import affected
from tests import factories
from tests.calendars.test_closures_actions import FORTNIGHT, NOW
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_only_who_may_close_it_is_shown_what_it_would_do(cast: Cast) -> None:
    at_ours: list[dict[str, Any]] = [
        {"partner": cast.ours},
        {"venue": cast.venue},
        {"practitioner": factories.practitioner(cast.ours)},
    ]
    for where in at_ours:
        affected(cast.admin, now=NOW, **FORTNIGHT, **where)
        for outsider in (cast.stranger, cast.doctor, cast.observer):
            with pytest.raises(NotAllowed):
                affected(outsider, now=NOW, **FORTNIGHT, **where)
    affected(cast.doctor, now=NOW, **FORTNIGHT, practitioner=cast.practitioner)
    affected(cast.coordinator, now=NOW, **FORTNIGHT)
    with pytest.raises(NotAllowed):
        affected(cast.admin, now=NOW, **FORTNIGHT)
