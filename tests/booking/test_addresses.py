from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.addresses import postcode_of, same_address
from booking.errors import Invalid
from booking.models import Venue
from booking.queries.finder import Search, find
from tests import factories
from tests.cast import Cast


def _at(street: str, postcode: str = "95300") -> Venue:
    return Venue(street=street, postcode=postcode)


@pytest.mark.parametrize(
    "street",
    ["3 rue de l’Église", "3 RUE DE L'EGLISE", " 3  rue de l'E\u0301glise ", "3, rue de l’Eglise"],
)
def test_an_address_is_one_however_it_is_written(street: str) -> None:
    assert same_address(_at("3, rue de l'Eglise"), _at(street, " 95300"))


@pytest.mark.parametrize(
    ("street", "postcode"),
    [
        ("5 rue de l'Église", "95300"),
        ("3 rue de l'Église", "95310"),
        ("3 bis rue de l'Église", "95300"),
    ],
)
def test_another_address_is_another(street: str, postcode: str) -> None:
    assert not same_address(_at("3 rue de l'Église"), _at(street, postcode))


def test_two_numbers_are_not_one_long_number() -> None:
    assert not same_address(_at("3-5 rue des Lilas"), _at("35 rue des Lilas"))
    assert same_address(_at("3-5 rue des Lilas"), _at("3 – 5, rue des Lilas"))


@pytest.mark.parametrize("typed", ["95300", "95 300", " 95\u00a0300 ", "9 5 3 0 0"])
def test_a_postcode_is_five_digits_however_it_is_spaced(typed: str) -> None:
    assert postcode_of(typed) == "95300"


@pytest.mark.parametrize("typed", ["", "9530", "953000", "2A004", "95-300", "٩٥٣٠٠", "95300\0"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        postcode_of(typed)


@pytest.mark.django_db
def test_a_venue_is_kept_with_its_postcode_as_it_is_compared(cast: Cast) -> None:
    words: dict[str, Any] = {"name": "Annexe", "street": "12 rue des Lilas", "city": "Pontoise"}
    now = timezone.now()
    made = actions.add_venue(by=None, now=now, partner=cast.ours, postcode="95 300", **words)
    assert Venue.objects.get(pk=made.pk).postcode == "95300"
    with pytest.raises(Invalid):
        actions.add_venue(by=None, now=now, partner=cast.theirs, postcode="95 30", **words)


@pytest.mark.django_db
def test_the_finder_knows_an_address_whose_postcode_has_a_blank(cast: Cast) -> None:
    """So it was kept once. Four digits, because PostgreSQL has no room for a sixth character."""
    now, other = timezone.now(), factories.participant()
    here = factories.venue(cast.ours, postcode="9300")
    there = factories.venue(cast.theirs, postcode="9 300", street="12, rue des Lilas")
    first = factories.session(cast.ours, venue=here)
    after = factories.session(cast.theirs, first.ends_at, venue=there)
    actions.keep_apart(by=None, now=now, first=cast.hamel, second=other)
    actions.book_seat(by=None, now=now, session=first, participant=other)
    search = Search(frozenset({first.service_id}))
    assert [one.session for one in find(cast.admin, None, search, now=now).places] == [first, after]
    assert find(cast.admin, cast.hamel, search, now=now).places == ()
