"""The traps that the layout of the house itself sets."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import portal
from booking import actions
from sms import actions as texts

ROOT = Path(__file__).resolve().parent.parent


def test_site_is_a_plain_folder() -> None:
    # Python's own module `site` is imported before us: a package of that name is out of reach.
    assert not (ROOT / "site" / "__init__.py").exists()
    assert Path(portal.__file__).is_relative_to(ROOT / "site")


def test_git_does_not_ignore_the_portal() -> None:
    # A line `/site`, common in templates, would build a wheel without the portal, silently.
    asked = subprocess.run(
        ["git", "check-ignore", "site/portal/settings.py"],
        check=False,
        cwd=ROOT,
        capture_output=True,
    )
    assert asked.returncode != 0, asked.stdout


def test_manage_py_works_from_any_folder(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "manage.py", "version"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", [*actions.__all__, *texts.__all__])
def test_every_action_is_called_the_same_way(name: str) -> None:
    action = getattr(actions if name in actions.__all__ else texts, name)
    parameters = inspect.signature(action).parameters
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert {"by", "now"} <= set(parameters)
    # What the clock does may be done twice; everything else takes an idempotency key.
    assert ("key" in parameters) == (name != "serve_waiting_lists")
    assert action.__doc__
