"""Due texts that leave through the real client to a stand-in, with workers that are shot."""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from portal.bench.arguments import positive, share
from portal.bench.running import BenchFailed
from portal.bench.scratch import Scratch
from portal.bench.talking import talk
from portal.bench.texting import judging
from portal.bench.texting.crew import Crew
from portal.bench.texting.floor import Floor
from portal.bench.texting.nursing import nursery
from portal.bench.texting.provider import Provider, provider
from portal.bench.texting.town import MOST
from sms.shipped import segment_totals

ACCOUNT = "AC00000000000000000000000000000001"
SUMMARY = "texts that leave, each once, though workers are shot and answers are lost"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--texts", type=positive, default=2000, help="due at once (2000)")
    parser.add_argument("--workers", type=positive, default=4, help="processes (4)")
    parser.add_argument(
        "--kill", action="store_true", help="shoot a random worker with -9 every second"
    )
    parser.add_argument(
        "--drop", type=share, help="share of requests whose answer is lost (0.02 with --kill)"
    )
    parser.add_argument(
        "--fail", type=share, help="share that is answered 500 or 429 (0.05 with --kill)"
    )


def run(place: Scratch, console: Console, options: dict[str, Any]) -> dict[str, Any]:
    if options["texts"] > MOST:
        raise BenchFailed(f"--texts: at most {MOST}, so many numbers are reserved for fiction.")
    place.create("texts")
    with provider() as there, Progress(console=console) as progress:
        staged = _stage(place, progress, options["texts"])
        with nursery({**place.environment("texts"), **_settings(there.url)}) as workers:
            report = _measure(place, progress, there, Crew(workers), options)
    before, after = segment_totals()
    return {
        "workers": options["workers"],
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **report,
        "planned_per_s": staged["planned_per_s"],
        "segments_before": before,
        "segments_after": after,
    }


def _settings(url: str) -> dict[str, str]:
    """Short waits, so that what was lost is found within the run; they stay far above what a send
    takes here. No hours, no pace: what is measured is the machine."""
    return {
        "SMS_TRANSPORT": "twilio",
        "TWILIO_BASE_URL": url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "none",
        "TWILIO_TIMEOUT": "3",
        "SMS_LEASE": "10",
        "SMS_LOOKUP_AFTER": "5",
        "SMS_RATE": "100000",
        "SMS_HOURS": "00:00-24:00",
        "SMS_REST_DAYS": "no",
        "JALON_LOG_LEVEL": "CRITICAL",
    }


def _stage(place: Scratch, progress: Progress, texts: int) -> dict[str, Any]:
    report: dict[str, Any] = {}
    task = progress.add_task(f"{place.engine}: planning", total=texts)
    for said in talk("texting", ["stage", str(texts)], place.environment("texts")):
        report = said.get("report", {})
        progress.update(task, completed=said.get("done", texts))
    return report


def _measure(
    place: Scratch, progress: Progress, there: Provider, workers: Crew, options: dict[str, Any]
) -> dict[str, Any]:
    faults = _faults(options)
    with place.rows("texts") as rows:
        planned = judging.planned(rows)
        floor = Floor(workers, options["texts"], options["workers"])
        task = progress.add_task(f"{place.engine}: sending", total=planned)
        there.faults(**faults)
        took = workers.dispatch(
            options["workers"],
            left=lambda: judging.left(rows),
            say=lambda left: progress.update(task, completed=planned - left),
            between=None if options["kill"] else floor.send_some,
        )
        taken = there.per_number(ACCOUNT)
        there.faults(drop=0, fail=0)
        floor.send_the_rest()
        return {
            "kill": options["kill"],
            **faults,
            "planned": planned,
            "delivered_to_provider": len(taken),
            "duplicates": sum(many > 1 for many in taken.values()),
            "lost": judging.lost(rows, taken),
            "stuck": judging.left(rows),
            "untrue": judging.claimed_too_much(rows, taken),
            "states": judging.states(rows),
            "killed": workers.killed,
            "errors": workers.failed,
            "seconds": round(took, 2),
            "texts_per_s": round(planned / took, 1),
            "floor_per_s": round(floor.per_s, 1),
            "ratio": round(planned / took / floor.per_s, 3),
        }


def _faults(options: dict[str, Any]) -> dict[str, float]:
    usual = {"drop": 0.02, "fail": 0.05} if options["kill"] else {"drop": 0.0, "fail": 0.0}
    return {name: one if options[name] is None else options[name] for name, one in usual.items()}


def table(result: dict[str, Any]) -> str:
    table = Table(show_header=False)
    for name, value in result.items():
        table.add_row(name, str(value))
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def broken(result: dict[str, Any]) -> list[str]:
    """Times are this machine's; these are promises anywhere."""
    return [
        name for name in ("duplicates", "lost", "stuck", "untrue", "errors") if result[name] != 0
    ]
