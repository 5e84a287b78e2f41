"""The command line of an installed copy: `jalon migrate`, `jalon qcluster`; `manage.py` is the same."""

import os
import sys


def main() -> None:
    # The demo has its own database and rules; they must be chosen before settings are read.
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("JALON_ENV", "demo")
        os.environ.setdefault("JALON_LOG_LEVEL", "WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # The sentence says what to set; a stack above it only hides it.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
