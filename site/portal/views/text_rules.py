"""What a partner chose about its texts, and under which name they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import access
from booking.errors import Busy, Invalid
from booking.models import Partner, Service
from booking.models.language import Language
from portal.forms.text_rules import RulesForm, SenderForm
from portal.keys import key_of
from portal.managed import one_partner
from portal.rule_layers import Layers
from sms.actions import set_sender, set_text_policy
from sms.kinds import Kind
from sms.models import Manner
from sms.policies import NAMES
from sms.queries.wordings import preview
from sms.words import words_for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text_rules(request: HttpRequest) -> HttpResponse:
    """`?partenaire=<slug>` for those who manage several; `?prestation=<pk>` for one service's own
    rules. Two forms: the rules, and (for all services) the sender."""
    partner, partners = one_partner(request)
    services = list(partner.services.all())
    service = _named(request, services)
    layers = Layers(partner, service)
    network = access.scope(request.user).network
    sent = request.POST.get("quoi", "") if request.method == "POST" else ""
    rules = RulesForm(
        layers.inherited(), request.POST if sent == "regles" else None, initial=layers.initial()
    )
    sender = SenderForm(partner, request.POST if sent == "expediteur" else None, network=network)
    if sent == "regles" and rules.is_valid() and _saved_rules(request, rules, layers):
        messages.success(request, _("Saved. It counts for every text that has not left yet."))
        return redirect(request.get_full_path())
    if sent == "expediteur" and sender.is_valid() and _saved_sender(request, sender, partner):
        messages.success(request, _("Saved. The next texts arrive under this name."))
        return redirect(request.get_full_path())
    context = {
        "partner": partner,
        "partners": partners,
        "whose": partner.slug if len(partners) > 1 else "",
        "services": [(one, one.pk in layers.services_with_own) for one in services],
        "service": service,
        "rules": rules,
        "groups": layers.groups(rules),
        "sender": None if service else sender,
        "sample": "" if service else _sample(partner),
        "wrong": [*_wrong(rules), *_wrong(sender)],
    }
    status = 422 if context["wrong"] else 200
    return render(request, "portal/text_rules.html", context, status=status)


def _named(request: HttpRequest, services: Iterable[Service]) -> Service | None:
    asked = request.GET.get("prestation", "")
    found = next((one for one in services if str(one.pk) == asked), None)
    if asked and found is None:
        raise Http404
    return found


def _sample(partner: Partner) -> str:
    """What the partner's reminder of the day before looks like."""
    of = Kind.DAY1, Manner.PLAIN
    picked = words_for([partner.pk]).pick(partner.pk, *of, Language.FRENCH)
    return preview(partner, *of, Language.FRENCH, picked.body).body


def _wrong(form: RulesForm | SenderForm) -> list[tuple[str, str]]:
    """Each fault with the field that it stands beside; the form's own with none."""
    return [
        ("" if name == "__all__" else form[name].id_for_label, str(error))
        for name, errors in form.errors.items()
        for error in errors
    ]


def _saved_rules(request: HttpRequest, form: RulesForm, layers: Layers) -> bool:
    chosen = {name: form.cleaned_data[name] for name in NAMES}
    whose: dict[str, Any] = {"partner": layers.partner, "service": layers.service}
    try:
        set_text_policy(**_call(request), **whose, **chosen)
    except (Invalid, Busy) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _saved_sender(request: HttpRequest, form: SenderForm, partner: Partner) -> bool:
    try:
        set_sender(**_call(request), partner=partner, **form.cleaned_data)
    except (Invalid, Busy) as refusal:
        form.add_error("sender", str(refusal))
        return False
    return True


def _call(request: HttpRequest) -> dict[str, Any]:
    """Who, when, and the key of the form."""
    return {"by": request.user, "now": timezone.now(), "key": key_of(request)}
