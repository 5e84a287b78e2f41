from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import Participant, Partner, Referral, Service
from booking.models.language import Language
from booking.models.partner import Department, ServiceFamily
from booking.queries.finder import Search
from portal.forms.moments import DayField, DayInput, HourField, HourInput

#: What each field is called in an address: people send each other these links.
_IN_ADDRESS = {
    "person": "personne",
    "services": "prestation",
    "departments": "departement",
    "partners": "partenaire",
    "weekdays": "jour",
    "after": "de",
    "before": "a",
    "language": "langue",
    "earliest": "du",
    "latest": "au",
}
_WEEKDAYS = (
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
)


class FinderForm(forms.Form):
    """What is searched, and for whom. Sent by GET: a search is an address.

    Every choice is read beforehand, so that the widgets and the checks ask nothing again.
    """

    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=40,
        help_text=_("Their reference, for example K7MPQ2."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    services = forms.TypedMultipleChoiceField(
        label=_("Service"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose a service from the list.")},
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments"),
        required=False,
        choices=[(number, f"{number} {name}") for number, name in Department.choices],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose a department from the list.")},
    )
    partners = forms.MultipleChoiceField(
        label=_("Partners"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose a partner from the list.")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        required=False,
        coerce=int,
        choices=_WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose days of the week.")},
    )
    after = HourField(label=_("Starts at or after"), required=False)
    before = HourField(label=_("Ends at or before"), required=False)
    earliest = DayField(label=_("From"), required=False)
    latest = DayField(label=_("Until"), required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("French, or the person’s own")), *Language.choices],
        error_messages={"invalid_choice": _("Choose a language from the list.")},
    )

    def __init__(self, by: access.Reader, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.by = by
        order = ServiceFamily.values
        self.catalogue = sorted(Service.objects.all(), key=lambda one: order.index(one.family))
        self.network = list(Partner.objects.all())
        self.found: Participant | None = None
        _choose(self.fields["services"], [(one.pk, one.name) for one in self.catalogue])
        _choose(self.fields["partners"], [(one.slug, one.name) for one in self.network])

    def add_prefix(self, field_name: str) -> str:
        return _IN_ADDRESS.get(field_name, field_name)

    def clean_person(self) -> str:
        """One sentence for a reference that nobody has and for one that the reader may not know."""
        written: str = self.cleaned_data["person"]
        reference = "".join(written.split()).upper()
        if reference:
            people = Participant.objects.visible_to(self.by)
            self.found = people.filter(reference=reference).first()
            if self.found is None:
                raise forms.ValidationError(
                    _("No person with this reference is among those whose record you may open.")
                )
        return reference

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("services") and "services" not in self.errors:
            values["services"] = self._sent_for()
            if not values["services"]:
                self.add_error("services", _("Choose at least one service."))
        earliest, latest = values.get("earliest"), values.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("The last day comes before the first."))
        after, before = values.get("after"), values.get("before")
        if after and before and before <= after:
            self.add_error("before", _("The end comes before the start."))
        self._write_back()
        return values

    def add_error(self, field: str | None, error: Any) -> None:
        """A picker shows nothing of what it cannot read; a line of text shows what was written."""
        super().add_error(field, error)
        widget = self.fields[field].widget if field else None
        if isinstance(widget, DayInput | HourInput):
            widget.input_type = "text"

    @cached_property
    def search(self) -> Search:
        """Of a valid form."""
        values = self.cleaned_data
        by_slug = {one.slug: one.pk for one in self.network}
        return Search(
            services=frozenset(values["services"]),
            departments=frozenset(values["departments"]),
            partners=frozenset(by_slug[slug] for slug in values["partners"]),
            weekdays=frozenset(values["weekdays"]),
            after=values["after"],
            before=values["before"],
            language=values["language"],
            earliest=values["earliest"],
            latest=values["latest"],
        )

    def _write_back(self) -> None:
        """The page shows what was understood: the services of the referrals, days and hours as a
        picker reads them."""
        values, said = self.cleaned_data, QueryDict(mutable=True)
        said.update(self.data)
        if self.found is not None:
            said[self.add_prefix("person")] = self.found.reference
        if services := values.get("services"):
            said.setlist(self.add_prefix("services"), [str(pk) for pk in services])
        for name in ("earliest", "latest"):
            if day := values.get(name):
                said[self.add_prefix(name)] = day.isoformat()
        for name in ("after", "before"):
            if hour := values.get(name):
                said[self.add_prefix(name)] = f"{hour:%H:%M}"
        self.data = said

    def _sent_for(self) -> list[int]:
        """What the person was sent for, when no service was chosen."""
        if self.found is None:
            return []
        sent = Referral.objects.visible_to(self.by).filter(participant=self.found)
        return sorted(set(sent.values_list("service_id", flat=True)))


def _choose(field: forms.Field, choices: list[tuple[Any, str]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]
