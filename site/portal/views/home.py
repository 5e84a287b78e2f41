from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from booking.models.partner import ServiceFamily
from booking.queries.families_offered import families_offered
from booking.queries.partners_by_department import partners_by_department


@dataclass(frozen=True)
class Helpline:
    number: str
    address: str
    who: str | Promise
    what: str | Promise
    emergency: bool = False


#: Emergencies first. Short numbers are dialled as they are: they have no international form.
HELPLINES = (
    Helpline(
        "17",
        "tel:17",
        _("Police, emergency"),
        _("Somebody is in danger now, you or another person."),
        emergency=True,
    ),
    Helpline(
        "114",
        "sms:114",
        _("Emergency by text message"),
        _("You cannot speak, or somebody would hear you."),
        emergency=True,
    ),
    Helpline(
        "3919",
        "tel:3919",
        _("You suffer violence"),
        _("Somebody listens, at any hour. The call is free and leaves no trace on the bill."),
    ),
    Helpline(
        "08 019 019 11",
        "tel:+33801901911",
        _("You are violent, or afraid of becoming so"),
        _("The line “Ne frappez pas”: talk to somebody before it happens."),
    ),
)

#: What each family of services is, said to somebody who has never heard of it.
SERVICES: tuple[tuple[ServiceFamily, str | Promise, str | Promise], ...] = (
    (
        ServiceFamily.INTERVIEW,
        _("A first interview"),
        _("To take stock, alone with a professional, and to choose what comes next."),
    ),
    (
        ServiceFamily.COURSE,
        _("An accountability course"),
        _("A few days in a small group, to understand what happened and what the law says."),
    ),
    (
        ServiceFamily.GROUP,
        _("A talk group"),
        _("Regular meetings of about eight people, to speak and to listen."),
    ),
    (
        ServiceFamily.PSYCHOLOGY,
        _("Psychological follow-up"),
        _("Individual appointments with a psychologist."),
    ),
    (
        ServiceFamily.ADDICTION,
        _("Addiction care"),
        _("Help with alcohol, drugs or another dependence."),
    ),
    (
        ServiceFamily.SOCIAL,
        _("Socio-educational support"),
        _("Rights, papers, family, daily life: somebody to help with the steps to take."),
    ),
    (
        ServiceFamily.WORK,
        _("Socio-professional support"),
        _("Finding work or training, or keeping it."),
    ),
    (
        ServiceFamily.HOUSING,
        _("Housing"),
        _("Somewhere to stay when one must leave the family home."),
    ),
)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For a person under stress: whom to call, what there is, where."""
    offered = families_offered()
    context = {
        "helplines": HELPLINES,
        "services": [(name, what) for family, name, what in SERVICES if family in offered],
        "departments": partners_by_department(),
    }
    return render(request, "portal/home.html", context)
