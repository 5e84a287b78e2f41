"""What runs in processes of its own: `python -m portal.bench.texting.child stage COUNT` fills the
scratch database and plans; `python -m portal.bench.texting.child nursery` forks workers as told."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def stage(count: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from portal.bench.texting.town import build
    from sms.tasks import sweep

    call_command("migrate", verbosity=0)
    for done in build(count):
        print(json.dumps({"done": done}), flush=True)
    began = time.perf_counter()
    swept = sweep()
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        # Otherwise the server learns in the middle of the run how large its tables have become.
        cursor.execute("ANALYZE")
    return {"seats": swept["seats"], "planned_per_s": round(swept["added"] / took, 1)}


def main() -> None:
    django.setup()
    if sys.argv[1] == "stage":
        print(json.dumps({"report": stage(int(sys.argv[2]))}), flush=True)
    else:
        from portal.bench.texting.nursery import tend

        tend(sys.stdin)


if __name__ == "__main__":
    main()
