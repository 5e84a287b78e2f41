"""One scenario, measured: the numbers that are printed."""

from __future__ import annotations

from collections.abc import Callable
from statistics import quantiles

from portal.bench import invariants
from portal.bench.jobs import WITH_FLOOR, Answers, Job
from portal.bench.running import Run, crew, shares, stage
from portal.bench.scratch import Scratch
from portal.bench.unserved import unserved

#: What must be 0.
BROKEN = ("errors", "oversold", "duplicates", "overlaps", "lost", "unserved")
Report = dict[str, object]


def measure(
    place: Scratch, scenario: str, *, attempts: int, workers: int, say: Callable[[str], None]
) -> Report:
    """Stage the rows once, and let the bare driver and the actions start from the same."""
    say("stage")
    place.copy("empty", scenario)
    targets = stage(scenario, attempts, place.environment(scenario))
    jobs = shares(scenario, targets, attempts, workers)
    say("run")
    if scenario in WITH_FLOOR:
        place.copy(scenario, "floor")
        run, floor = _taking_turns(place, scenario, jobs)
        place.drop("floor")
    else:
        run, floor = _alone(place, scenario, jobs), None
    say("check")
    with place.rows(scenario) as rows:
        report = {
            **_numbers(run),
            "oversold": invariants.oversold(rows),
            "duplicates": invariants.duplicates(rows),
            "overlaps": invariants.overlaps(rows),
            "lost": invariants.lost(rows, run.answers),
            "unserved": unserved(rows),
        }
    place.drop(scenario)
    return report if floor is None else {**report, **_compared(run, floor)}


def _alone(place: Scratch, scenario: str, jobs: list[Job]) -> Run:
    with crew(jobs, place.environment(scenario)) as engine:
        for _ in range(jobs[0].rounds):
            engine.work()
        return engine.finish()


def _taking_turns(place: Scratch, scenario: str, jobs: list[Job]) -> tuple[Run, Run]:
    """The actions, and the bare driver, each in its database; one waits while the other works."""
    bare_jobs = [job.as_bare() for job in jobs]
    with (
        crew(bare_jobs, place.environment("floor")) as bare,
        crew(jobs, place.environment(scenario)) as engine,
    ):
        for _ in range(jobs[0].rounds):
            bare.work()
            engine.work()
        return engine.finish(), bare.finish()


def _numbers(run: Run) -> Report:
    answers = run.answers
    return {
        "attempts": len(answers.ms),
        "accepted": answers.accepted,
        "refused": sum(answers.refusals.values()),
        "errors": sum(answers.errors.values()),
        "refusals": dict(answers.refusals.most_common()),
        "error_types": dict(answers.errors.most_common()),
        **_times(answers),
        "attempts_per_s": round(len(answers.ms) / run.seconds, 1),
        "accepted_per_s": round(run.accepted_per_s, 2),
    }


def _times(answers: Answers) -> Report:
    if len(answers.ms) < 2:
        return {"p50_ms": None, "p95_ms": None}
    cuts = quantiles(answers.ms, n=20)
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2)}


def _compared(run: Run, floor: Run) -> Report:
    """The floor must have done the same, or the ratio says nothing."""
    same = floor.answers.accepted == run.answers.accepted and not floor.answers.errors
    ratio = run.accepted_per_s / floor.accepted_per_s if same else 0.0
    return {
        "floor_accepted": floor.answers.accepted,
        "floor_errors": dict(floor.answers.errors),
        "floor_per_s": round(floor.accepted_per_s, 2),
        "ratio": round(ratio, 3),
    }


def broken(report: Report) -> list[str]:
    """Which promises this report breaks."""
    # A floor that failed measured nothing.
    return [name for name in (*BROKEN, "floor_errors") if report.get(name)]
