"""Fills a scratch database for one scenario, in a process of its own: Django opens one database
only, and the parent's is the configured one. `python -m portal.bench.stage WHAT ATTEMPTS`, where
WHAT is `empty` (the tables and what every scenario needs) or a scenario; prints the targets."""

from __future__ import annotations

import json
import sys

import django


def main(what: str, attempts: int) -> list[tuple[int, int]]:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from portal.bench import crowd, places

    if what == "empty":
        call_command("migrate", verbosity=0)
        places.network()
        return []
    if what == "mixed":
        from portal.bench import town

        town.build()
        return []
    make = {"distinct": crowd.distinct, "hot": crowd.hot, "programme": crowd.programme}[what]
    targets = make(attempts)
    with connection.cursor() as cursor:
        # Otherwise the server learns in the middle of the run how large its tables have become.
        cursor.execute("ANALYZE")
    return targets


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
