from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import catalogue


class Command(BaseCommand):
    help = "Bring the French catalogue up to date with the sources, or check that it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; fail when a string is missing, untranslated, fuzzy or unused, "
            "or the compiled file is stale",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        try:
            import babel  # noqa: F401 - only to say plainly that it is not there
        except ModuleNotFoundError as error:
            raise CommandError("Babel is not installed. In a checkout: uv sync") from error
        sources, known = catalogue.in_sources(), catalogue.in_po()
        if check:
            self._check(catalogue.faults(sources, known), catalogue.compiled(known))
            return
        result = catalogue.merged(sources, known)
        catalogue.PO.parent.mkdir(parents=True, exist_ok=True)
        catalogue.PO.write_bytes(catalogue.write_po(result))
        catalogue.MO.write_bytes(catalogue.compiled(result))
        for fault in (faults := catalogue.faults(sources, result)):
            self.stdout.write(fault)
        self.stdout.write(f"{len(result)} strings, {len(faults)} to translate in {catalogue.PO}")

    def _check(self, faults: list[str], compiled: bytes) -> None:
        if not catalogue.MO.exists() or catalogue.MO.read_bytes() != compiled:
            faults.append("stale: the compiled file django.mo")
        if faults:
            raise CommandError(
                "The French catalogue is not complete. Run `manage.py messages`, translate what "
                "it names, and run it again.\n" + "\n".join(faults)
            )
        self.stdout.write("The French catalogue is complete.")
