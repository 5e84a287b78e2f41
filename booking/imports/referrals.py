"""A table → people, referrals and attended first sessions, through the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from booking import access, actions, phones
from booking.errors import BookingError, Busy
from booking.identity import fold
from booking.imports import values
from booking.imports.cells import Refused
from booking.imports.columns import Column
from booking.imports.directory import Directory
from booking.imports.line import Line, Reader
from booking.imports.report import Finding, Outcome, Report, Status
from booking.imports.table import Table
from booking.locking import writing
from booking.models import Participant, Referral, Referrer

#: How often a line is tried while somebody else holds what it needs: each try waits for seconds.
_TRIES: Final = 5


def import_referrals(
    table: Table,
    *,
    by: access.Actor,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Import each row in a transaction of its own: a bad row never stops the rest, and a row that
    is there already changes nothing.

    `progress` is told how many more rows are done. A dry run does everything and takes it back,
    one person after the other: what becomes of a row depends on other rows of the same person
    only, so no lock is held for long, and the report is the one of the real import.
    """
    told = progress or (lambda rows: None)
    outcomes: list[Outcome] = []
    lines: list[Line] = []
    reader = Reader(table, Directory.load(), now)
    for row in table.rows:
        try:
            lines.append(reader.read(row))
        except Refused as refusal:
            outcomes.append(Outcome(row.line, Status.REFUSED, (refusal.finding,)))
    told(len(outcomes))
    importer = _Importer(table, by, now)
    for unit in _by_person(lines) if dry_run else ([line] for line in lines):
        outcomes += importer.take(unit, keep=not dry_run)
        told(len(unit))
    return Report(tuple(sorted(outcomes, key=lambda outcome: outcome.line)))


def _by_person(lines: Iterable[Line]) -> Iterable[list[Line]]:
    people: dict[str, list[Line]] = {}
    for line in lines:
        people.setdefault(line.person, []).append(line)
    return people.values()


class _Importer:
    def __init__(self, table: Table, by: access.Actor, now: datetime) -> None:
        self.table = table
        self.by = by
        self.now = now
        self._referrers = {fold(one.name): one for one in Referrer.objects.order_by("-pk")}

    def take(self, unit: list[Line], *, keep: bool) -> list[Outcome]:
        """Import these lines in one transaction; take it back unless `keep`."""
        for tried in range(1, _TRIES + 1):
            try:
                with writing():
                    outcomes = [self._outcome(line) for line in unit]
                    if not keep:
                        transaction.set_rollback(True)
            except Busy as error:
                if tried == _TRIES:
                    return [_refused(line, str(error)) for line in unit]
            else:
                return outcomes
        raise AssertionError("unreachable")

    def _outcome(self, line: Line) -> Outcome:
        """Raises Busy: the whole unit is tried again."""
        try:
            with writing():
                return self._import(line)
        except Busy:
            raise
        except BookingError as error:
            return _refused(line, str(error))
        except (DataError, IntegrityError):
            # The database's own words may hold the values of a person: they are not repeated.
            return _refused(line, _("This line cannot be stored. Look for unusual values in it."))

    def _import(self, line: Line) -> Outcome:
        person = actions.register_participant(
            by=self.by,
            now=self.now,
            last_name=line.last_name,
            first_name=line.first_name,
            birth_date=line.birth_date,
            phone=line.phone,
            language=line.language,
            texts_refused=line.remark.texts_refused,
            needs_interpreter=line.remark.needs_interpreter,
            not_before=line.remark.not_before,
        )
        known = Referral.objects.filter(
            participant=person,
            partner=line.partner,
            service=line.service,
            referred_on=line.referred_on,
        ).exists()
        referral = actions.record_referral(
            by=self.by,
            now=self.now,
            participant=person,
            partner=line.partner,
            service=line.service,
            mandate=line.mandate,
            referred_on=line.referred_on,
            referrer=self._referrer(line.referrer),
            deadline=line.deadline,
            note=line.remark.note[:200],
        )
        findings = [*line.findings, *self._phone(line, person), *self._history(line, referral)]
        if any(finding.needs_somebody for finding in findings):
            status = Status.FLAGGED
        else:
            status = Status.ALREADY_THERE if known else Status.IMPORTED
        return Outcome(line.number, status, tuple(findings), line.person, new=not known)

    def _referrer(self, name: str) -> Referrer | None:
        if not name:
            return None
        if (known := self._referrers.get(fold(name))) is not None:
            return known
        kind = values.referrer_kind(name)
        added = actions.add_referrer(by=self.by, now=self.now, name=name, kind=kind)
        # Remembered once it stands: a row that is refused after all takes it back.
        transaction.on_commit(lambda: self._referrers.update({fold(name): added}))
        return added

    def _phone(self, line: Line, person: Participant) -> list[Finding]:
        """The same for a first and a later import, whatever the record holds by then."""
        if not line.phone:
            return []
        try:
            same = phones.parse(line.phone) == person.phone
            reason = _("Another number is known for this person. Ask which one is right.")
        except ValueError:
            same = False
            reason = _("This number cannot be used: imported without it. Call to ask for one.")
        return [] if same else [Finding(self.table.heading(Column.PHONE), line.phone, reason)]

    def _history(self, line: Line, referral: Referral) -> list[Finding]:
        if line.first_session is None:
            return []
        alone = line.service.one_to_one
        try:
            actions.record_history(
                by=self.by,
                now=self.now,
                referral=referral,
                starts_at=line.first_session,
                label=_("Appointment") if alone else _("Group session"),
            )
        except Busy:
            raise
        except BookingError as error:
            reason = str(error)
        else:
            return []
        if line.first_session > self.now:
            reason = _("This session is yet to come: book it.")
        when = line.first_session.strftime("%d/%m/%Y %H:%M")
        return [Finding(self.table.heading(Column.FIRST_SESSION), when, reason)]


def _refused(line: Line, reason: str) -> Outcome:
    return Outcome(line.number, Status.REFUSED, (Finding("", "", reason),))
