"""The harness: two engines, a small named cast, frozen time where time matters."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from tests import factories
from tests.cast import Cast
from tests.engines import ENGINES, ENGINES_IN_USE

# Playwright keeps an event loop running in the main thread, and Django then refuses the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A slow machine is no fault of the code.
hypothesis.settings.register_profile(
    "jalon", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("jalon")

_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches the database on both engines."""
    marked = metafunc.definition.get_closest_marker("django_db") is not None
    if marked or _DATABASE_FIXTURES & set(metafunc.fixturenames):
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Exchange the database before any fixture of the test opens a transaction in it."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "engine" in callspec.params:
        with item.config.stash[blocking_manager_key].unblock():
            ENGINES_IN_USE.use(callspec.params["engine"])


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on: "sqlite", "postgresql", or "" when it needs none."""
    return getattr(request, "param", "")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's: each engine is prepared when its first test asks for it."""
    yield
    with django_db_blocker.unblock():
        ENGINES_IN_USE.destroy()


@pytest.fixture(autouse=True)
def _same_names_every_time() -> None:
    factories.restart()


@pytest.fixture(autouse=True)
def _in_french() -> None:
    """A request in another language leaves it behind in the thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def cast(db: None) -> Cast:
    """Two partners, their staff, and one person sent to the first: see tests/cast.py."""
    return Cast()


@pytest.fixture
def client() -> Client:
    """A browser that refuses to post without a CSRF token, as ours does."""
    return Client(enforce_csrf_checks=True)
