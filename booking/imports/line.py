"""One row → one referral, typed and checked, or the reason why not. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from booking.identity import fold, identity_key
from booking.imports import dates, remark, values
from booking.imports.cells import Cells
from booking.imports.columns import Column
from booking.imports.directory import Directory
from booking.imports.errors import Unreadable
from booking.imports.report import Finding
from booking.imports.rows import Row
from booking.imports.table import Table
from booking.models import Partner, Service
from booking.models.language import Language
from booking.models.person import Mandate

#: Nobody younger is held responsible (Code de la justice pénale des mineurs, L11-1).
_YOUNGEST: Final = 13
_LONGEST_NOTE: Final = 200
_LONGEST_NAME: Final = 80
_LONGEST_REFERRER: Final = 120


@dataclass(frozen=True)
class Line:
    """A row whose cells could all be read. `findings` is what to tell about it all the same."""

    number: int
    last_name: str
    first_name: str
    birth_date: date
    phone: str
    language: Language
    mandate: Mandate
    referrer: str
    referred_on: date
    deadline: date | None
    partner: Partner
    service: Service
    first_session: datetime | None
    remark: remark.Remark
    findings: tuple[Finding, ...]

    @property
    def person(self) -> str:
        return identity_key(self.last_name, self.first_name, self.birth_date)


class Reader:
    """Reads the rows of one table, against the network as it is `now`."""

    def __init__(self, table: Table, directory: Directory, now: datetime) -> None:
        self.table = table
        self.directory = directory
        self.today = timezone.localdate(now, dates.PARIS)

    def read(self, row: Row) -> Line:
        """Raises Refused with the first thing that is wrong."""
        cells = Cells(self.table, row)
        cells.check()
        referred_on, birth_date, deadline = self._dates(cells)
        partner = cells.must(Column.PARTNER, self.directory.partner)
        service = cells.must(Column.SERVICE, lambda name: self.directory.service(name, at=partner))
        _compare_department(cells, partner)
        return Line(
            number=row.line,
            last_name=_name(cells, Column.LAST_NAME),
            first_name=_name(cells, Column.FIRST_NAME),
            birth_date=birth_date,
            phone=cells[Column.PHONE],
            language=_language(cells),
            mandate=cells.must(Column.MANDATE, values.mandate),
            referrer=_referrer(cells),
            referred_on=referred_on,
            deadline=deadline,
            partner=partner,
            service=service,
            first_session=self._first_session(cells),
            remark=self._remark(cells),
            findings=tuple(cells.findings),
        )

    def _dates(self, cells: Cells) -> tuple[date, date, date | None]:
        """Of the referral, of birth, and of the deadline if there is one."""
        year = self.today.year
        referred_on = cells.day(Column.REFERRED_ON, until=year)
        birth_date = cells.day(Column.BIRTH_DATE, until=year - _YOUNGEST)
        deadline = cells.day(Column.DEADLINE, until=year + 50) if cells[Column.DEADLINE] else None
        if referred_on > self.today:
            raise cells.refused(Column.REFERRED_ON, _("This day is yet to come. Correct it."))
        if birth_date >= referred_on:
            raise cells.refused(Column.BIRTH_DATE, _("Born after the referral. Correct the date."))
        if deadline is not None and deadline < referred_on:
            raise cells.refused(
                Column.DEADLINE, _("The deadline is before the date of referral. Correct it.")
            )
        return referred_on, birth_date, deadline

    def _first_session(self, cells: Cells) -> datetime | None:
        if not cells[Column.FIRST_SESSION]:
            return None
        try:
            at, hour_given = dates.moment(cells[Column.FIRST_SESSION], until=self.today.year + 1)
        except Unreadable as error:
            cells.tell(Column.FIRST_SESSION, str(error))
            return None
        if not hour_given:
            told = _("The hour is not given: 9:00 was written.")
            cells.tell(Column.FIRST_SESSION, told, needs_somebody=False)
        return at

    def _remark(self, cells: Cells) -> remark.Remark:
        found = remark.read(cells[Column.REMARK], until=self.today.year + 50)
        if found.unread:
            cells.tell(
                Column.REMARK,
                _("The date of release cannot be read. Write the earliest date in the record."),
            )
        if len(found.note) > _LONGEST_NOTE:
            cells.tell(Column.REMARK, _("Only the first 200 characters were kept."))
        return found


def _name(cells: Cells, column: Column) -> str:
    found = cells.must(column, values.name)
    if len(found) > _LONGEST_NAME:
        raise cells.refused(column, _("A name has at most 80 letters."))
    return found


def _compare_department(cells: Cells, partner: Partner) -> None:
    """The partner decides; a department that says otherwise is only worth knowing."""
    if not cells[Column.DEPARTMENT]:
        return
    try:
        if values.department(cells[Column.DEPARTMENT]) == partner.department:
            return
        facts = {"partner": partner.name, "number": partner.department}
        reason = _("%(partner)s is in department %(number)s.") % facts
    except Unreadable as error:
        reason = str(error)
    cells.tell(Column.DEPARTMENT, reason, needs_somebody=False)


def _language(cells: Cells) -> Language:
    try:
        return values.language(cells[Column.LANGUAGE])
    except Unreadable as error:
        cells.tell(Column.LANGUAGE, str(error))
        return Language.FRENCH


def _referrer(cells: Cells) -> str:
    name = " ".join(cells[Column.REFERRER].split())
    if name and (not fold(name) or len(name) > _LONGEST_REFERRER):
        cells.tell(Column.REFERRER, _("This is no name of an office. Correct it."))
        return ""
    return name
