"""One of the processes: reads its job, says `ready`, does a part of its attempts at each line that it
is told, and says what became of them. `python -m portal.bench.worker`; the database is the environment's."""

from __future__ import annotations

import sys

from portal.bench.jobs import Job, Ready


def main() -> None:
    job = Job.load(sys.stdin.readline())
    if job.bare:
        from portal.bench.floor import prepared
    elif job.scenario == "mixed":
        from portal.bench.mixed import prepared
    else:
        from portal.bench.attempts import prepared
    ready: Ready = prepared(job)
    _say("ready")
    for part in job.parts():
        sys.stdin.readline()
        for n in part:
            ready.attempt(n)
        _say("done")
    _say(ready.answers.dump())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
