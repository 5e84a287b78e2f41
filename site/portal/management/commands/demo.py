"""`manage.py demo`: the whole idea at work on this machine, with fictitious people."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from booking.errors import BookingError
from booking.models import Participant, Referral, Seat, Session
from booking.models.session import SessionState
from booking.queries.taken_in_charge import taken_in_charge
from portal.clock import ensure_schedules
from portal.demo.catalogue import STAFF
from portal.demo.load import load
from portal.demo.outcomes import play_out
from portal.demo.state import DemoState
from portal.demo.telling import Telling
from portal.processes import Children, ours
from sms.dispatch import dispatch_due
from sms.models import Text, TextState

#: Seconds that the worker may take over the first texts before this process sends them itself.
_PATIENCE = 45.0


class Command(BaseCommand):
    help = "Load a fictitious network, send its texts to files, and serve the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the site (8000)")
        parser.add_argument("--no-serve", action="store_true", help="load, send, and end")
        parser.add_argument("--fresh", action="store_true", help="begin again from empty")
        parser.add_argument("--json", action="store_true", help="print what was loaded as JSON")

    def handle(self, *, port: int, no_serve: bool, fresh: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("The demo refuses to run unless JALON_ENV is demo or unset."))
        if not no_serve:
            _refuse_busy_port(port)
        settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
        # SIGINT too: a shell that starts us in the background has told us to ignore it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _as_interrupt)
        telling = Telling(Console(stderr=True))
        try:
            with _only_one(), Children() as children:
                self._run(children, telling, port=port, serve=not no_serve, fresh=fresh, **options)
        except KeyboardInterrupt:
            telling.say(_("Stopped. The next start finds everything as it is."))

    def _run(
        self,
        children: Children,
        telling: Telling,
        *,
        port: int,
        serve: bool,
        fresh: bool,
        **options: Any,
    ) -> None:
        kept = Path(settings.VAR) / "demo.json"
        if fresh:
            _forget(kept)
        telling.say(_("Preparing the database"))
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as error:
            raise CommandError(
                _("The database cannot be used. Check DATABASE_URL. %(why)s") % {"why": error}
            ) from error
        ensure_schedules()
        try:
            state = load(DemoState.read(kept), tell=telling.progress)
        except BookingError as refusal:
            raise CommandError(str(refusal)) from refusal
        state.write(kept)
        environment = {
            "JALON_ENV": "demo",
            "JALON_PUBLIC_URL": settings.PUBLIC_URL,
        }
        # No task takes long here, and whoever tries it out by killing something wants to see it mend.
        silence = os.environ.get("JALON_WORKER_SILENCE", "60")
        children.start("worker", ours("worker"), {**environment, "JALON_WORKER_SILENCE": silence})
        if serve:
            children.start("site", _web_server(port), environment)
        _wait_for_texts(telling)
        play_out(timezone.now())
        if serve:
            _wait_for_site(children)
        found = _found(state)
        telling.summary(found, outbox=settings.OUTBOX, site=settings.PUBLIC_URL if serve else "")
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            self.stdout.flush()
        if serve:
            _watch(children)


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _refuse_busy_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise CommandError(_("--port takes a number from 1 to 65535."))
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                _("Port %(port)s cannot be used (%(why)s). Choose another one: --port %(other)s")
                % {"port": port, "why": error.strerror, "other": min(port + 1, 65535)}
            ) from error


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the folder for as long as this demo runs; the system lets go when the process ends."""
    Path(settings.VAR).mkdir(parents=True, exist_ok=True)
    with (Path(settings.VAR) / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                _("A demo is running on %(folder)s already. Stop it first, or set JALON_VAR.")
                % {"folder": settings.VAR}
            ) from error
        yield


def _forget(kept: Path) -> None:
    if connection.vendor != "sqlite":
        raise CommandError(_("--fresh empties only the demo’s own SQLite database."))
    connection.close()
    database = Path(str(connection.settings_dict["NAME"]))
    for path in (kept, *(database.with_name(database.name + end) for end in ("", "-wal", "-shm"))):
        path.unlink(missing_ok=True)
    shutil.rmtree(settings.OUTBOX, ignore_errors=True)


def _web_server(port: int) -> list[str]:
    """No access log: the address of a feed is its key."""
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--worker-tmp-dir", str(settings.VAR)]
    return [*command, "--log-level", "warning"]


def _wait_for_texts(telling: Telling) -> None:
    """Show the texts leaving; if no worker takes them in time, send them here: the same work."""
    due = Text.objects.filter(state=TextState.PLANNED)
    words = _("The texts that are due, written to the outbox by the worker")
    total = due.filter(due_at__lte=timezone.now()).count()
    deadline = time.monotonic() + _PATIENCE
    while left := due.filter(due_at__lte=timezone.now()).count():
        telling.progress(words, max(0, total - left), total)
        if time.monotonic() > deadline:
            dispatch_due()
            break
        time.sleep(0.2)
    telling.progress(words, total, total)


def _wait_for_site(children: Children) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and children.ended() is None:
        try:
            with urllib.request.urlopen(f"{settings.PUBLIC_URL}/healthz", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise CommandError(_("The site did not start; the lines above say why."))


def _watch(children: Children) -> None:
    while (ended := children.ended()) is None:
        time.sleep(0.5)
    raise CommandError(_("The %(name)s has ended by itself.") % {"name": ended})


def _found(state: DemoState) -> dict[str, Any]:
    """What a caller may count on, under these names."""
    # Two sessions of one person on one day are one message.
    texts = Text.objects.filter(leader=None)
    return {
        "participants": Participant.objects.count(),
        "referrals": Referral.objects.count(),
        "sessions": Session.objects.exclude(state=SessionState.DISCARDED).count(),
        "seats": Seat.objects.count(),
        "texts_sent": texts.filter(state__in=(TextState.SENT, TextState.DELIVERED)).count(),
        "texts_planned": texts.filter(state=TextState.PLANNED).count(),
        "import": state.imported,
        "first_attended_2021_q1": taken_in_charge(date(2021, 1, 1), date(2021, 3, 31)),
        "feeds": [
            {"label": label, "url": f"{settings.PUBLIC_URL}/feeds/{token}.ics"}
            for label, token in state.feeds
        ],
        "staff": [
            {"email": fact.email, "password": state.password, "role": fact.role.value}
            for fact in STAFF
        ],
    }
