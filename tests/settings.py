"""The portal's own settings, made strict and fast. The database of each engine is in engines.py."""

import os
import tempfile
from pathlib import Path

_var = Path(tempfile.mkdtemp(prefix="jalon-tests-"))
os.environ["JALON_VAR"] = str(_var)
os.environ["JALON_ENV"] = "development"
os.environ["SMS_TRANSPORT"] = "console"
os.environ["JALON_POOL"] = "0"
# Nobody waits for a sender's turn, but where that is what is tested.
os.environ["SMS_RATE"] = "100000"
#: A server named by the developer is used instead of starting one: see engines.py.
POSTGRESQL_URL = os.environ.pop("DATABASE_URL", "")

from portal.settings import *  # noqa: E402, F403 - the environment comes first
from portal.settings import DATABASES, STORAGES, TEMPLATES, VAR  # noqa: E402

# Whitenoise warns of a folder that is not there.
(VAR / "static").mkdir(parents=True, exist_ok=True)
DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]


class Undefined(str):
    """A template variable that nobody set fails the test that rendered it."""

    __slots__ = ()

    def __contains__(self, needle: object) -> bool:
        return needle == "%s"  # Django asks this to learn whether it may fill in the name.

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")


_options = TEMPLATES[0]["OPTIONS"]
assert isinstance(_options, dict)
_options["string_if_invalid"] = Undefined("%s")
