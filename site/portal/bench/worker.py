"""One of the processes: reads its job, says `ready`, waits for a line, does its attempts, and says
what became of them. `python -m portal.bench.worker`; the database is the environment's."""

from __future__ import annotations

import sys

from portal.bench.jobs import Answers, Job


def main() -> None:
    job = Job.load(sys.stdin.readline())
    if job.bare:
        from portal.bench.floor import prepared
    elif job.scenario == "mixed":
        from portal.bench.mixed import prepared
    else:
        from portal.bench.attempts import prepared
    run = prepared(job)
    _say("ready")
    sys.stdin.readline()
    answers: Answers = run()
    _say(answers.dump())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
