"""For child processes of a test: its own database, whichever engine it runs on.

PostgreSQL comes by DATABASE_URL, as everywhere; SQLite by the path of the test's file.
"""

import os

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES

if path := os.environ.get("JALON_TEST_SQLITE"):
    DATABASES["default"]["NAME"] = path
