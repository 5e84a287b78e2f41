from __future__ import annotations

from itertools import pairwise

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from booking.models import User
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.portal.routes import ROUTES, WHO, Route

_PAGES = {"home": "home", "figures": "figures", "today": "today", "texts": "texts"}


def _names() -> list[str | None]:
    patterns = get_resolver().url_patterns
    return [pattern.name for pattern in patterns if isinstance(pattern, URLPattern)]


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(_names()) == {route.name for route in ROUTES}


def test_nothing_is_mounted_from_elsewhere() -> None:
    assert len(_names()) == len(get_resolver().url_patterns)
    modules = {pattern.callback.__module__ for pattern in get_resolver().url_patterns}
    ours = {module for module in modules if module.startswith("portal.views.")}
    assert modules - ours == {"django.contrib.auth.views"}


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.address}")
def test_each_answer(route: Route, cast: Cast) -> None:
    session = factories.session(cast.ours)
    led = factories.session(cast.ours, practitioners=[cast.practitioner])
    repeats = rhythm(cast.ours, practitioners=[cast.practitioner])
    address = route.address.format(
        session=session.pk, led=led.pk, rhythm=repeats.pk, person=cast.hamel.reference
    )
    answers = tuple(_answer(route.method, address, getattr(cast, who, None)) for who in WHO)
    assert answers == route.answers


def _answer(method: str, address: str, user: User | None) -> int | str:
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.generic(method, address)
    for _before, _after in pairwise(range(3)):
        if response.status_code != 302:
            break
        target = response["Location"]
        if target.startswith(reverse("login")):
            return "log-in"
        # An observer who is sent to today is sent on from there.
        following = client.get(target)
        if following.status_code != 302:
            return next(name for name in _PAGES if reverse(name) == target)
        response = following
    return response.status_code
