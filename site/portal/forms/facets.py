"""The finder's form in parts that fold, each with what it says in a few words while it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import zip_longest
from typing import Any

from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Service
from booking.queries.finder import Found
from portal import wording
from portal.forms.finder import FinderForm


@dataclass(frozen=True)
class Part:
    """One field; of several boxes, each with the service that it stands for, if it does."""

    field: BoundField
    services: list[Service]

    @property
    def boxes(self) -> list[tuple[BoundWidget, Service | None]]:
        return list(zip_longest(self.field, self.services))


@dataclass(frozen=True)
class Facet:
    title: str | Promise
    said: str
    parts: list[Part]
    open: bool


_TITLES = {
    ("services",): gettext_lazy("Service"),
    ("departments", "partners"): gettext_lazy("Where"),
    ("weekdays", "after", "before"): gettext_lazy("Days and hours"),
    ("earliest", "latest"): gettext_lazy("Dates"),
    ("language",): gettext_lazy("Language"),
}


def facets(form: FinderForm, found: Found | None) -> list[Facet]:
    """Open where something is wrong, and where the first choice is to be made."""
    values = getattr(form, "cleaned_data", {})
    words = _Words(form, values, found)
    return [
        Facet(
            title,
            words.of(names[0]),
            [Part(form[name], form.catalogue if name == "services" else []) for name in names],
            bool(set(names) & set(form.errors)) or (names == ("services",) and not form.is_bound),
        )
        for names, title in _TITLES.items()
    ]


def searched(found: list[Facet]) -> str:
    """What the results are of, in one line: the service and until when."""
    return " · ".join(
        one.said for one in found if one.parts[0].field.name in ("services", "earliest")
    )


class _Words:
    def __init__(self, form: FinderForm, values: dict[str, Any], found: Found | None) -> None:
        self.form, self.values, self.found = form, values, found

    def of(self, facet: str) -> str:
        said: str = getattr(self, f"_{facet}")()
        return said

    def _services(self) -> str:
        chosen = self.values.get("services", ())
        names = [one.name for one in self.form.catalogue if one.pk in chosen]
        return ", ".join(names) or _("to choose")

    def _departments(self) -> str:
        chosen = self.values.get("partners", ())
        names = [one.name for one in self.form.network if one.slug in chosen]
        return ", ".join([*self.values.get("departments", ()), *names]) or _("the whole network")

    def _weekdays(self) -> str:
        chosen = self.values.get("weekdays", ())
        # The first of January 2024 was a Monday.
        days = ", ".join(wording.short_weekday(date(2024, 1, iso)) for iso in sorted(chosen))
        hours = _hours(self.values.get("after"), self.values.get("before"))
        return " · ".join(filter(None, [days, hours])) or _("any day, any hour")

    def _earliest(self) -> str:
        return ", ".join(self._bounds()) or _("from now on")

    def _bounds(self) -> Iterator[str]:
        earliest = self.values.get("earliest")
        latest = self.found.latest if self.found else self.values.get("latest")
        if earliest:
            yield _("from %(day)s") % {"day": wording.brief(earliest)}
        if latest:
            yield up_to(latest, self.found)

    def _language(self) -> str:
        return str(dict(self.form.fields["language"].choices)[self.values.get("language", "")])  # type: ignore[attr-defined]


def up_to(latest: date, found: Found | None) -> str:
    """“au plus tard le 12 décembre, échéance du mandat”. The day itself is in."""
    said = _("by %(day)s") % {"day": wording.day(latest, weekday=False)}
    if found is not None and found.deadline == latest:
        return _("%(by)s, the deadline of the mandate") % {"by": said}
    return said


def _hours(after: time | None, before: time | None) -> str:
    if after and before:
        between = {"start": wording.hour(after), "end": wording.hour(before)}
        return _("from %(start)s to %(end)s") % between
    if after:
        return _("from %(hour)s on") % {"hour": wording.hour(after)}
    if before:
        return _("until %(hour)s") % {"hour": wording.hour(before)}
    return ""
