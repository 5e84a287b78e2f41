from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from booking import access
from booking.models import Participant, Partner, Seat
from booking.queries.to_call import Call
from portal.forms.texts import TextsForm
from portal.keys import key_of
from portal.managed import managed_partners, named_partner
from portal.refusals import came_from
from sms import sending
from sms.actions import note_told, pause_sending, read_reply, resume_sending
from sms.models import How, Reply, Text
from sms.queries.alerts import open_alerts
from sms.queries.out_of_reach import out_of_reach
from sms.queries.outbox import not_arrived, of_person, recent
from sms.queries.planned import planned
from sms.queries.replies import open_replies
from sms.queries.tally import OVER, tally

_TOLD = {
    How.CALL: gettext_lazy("Noted: told by telephone."),
    How.LETTER: gettext_lazy("Noted: told by letter."),
    How.PERSON: gettext_lazy("Noted: told in person."),
}


@never_cache
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """What needs somebody first, then what leaves next, then what left. `?partenaire=<slug>` keeps to
    one partner, for those who see several."""
    user, now = request.user, timezone.now()
    partners = managed_partners(user)
    chosen = named_partner(request, partners)
    ids = _ids(user, partners, chosen)
    form = TextsForm(request.GET or None)
    form.is_valid()
    failed = not_arrived(user, now, ids)
    today, tomorrow = planned(user, now, ids)
    context: dict[str, Any] = {
        "partners": partners,
        "chosen": chosen,
        "several": len(partners) > 1 and chosen is None,
        "whose": chosen.slug if chosen else "",
        "coordinates": access.scope(user).network,
        "alerts": open_alerts(),
        "sending": sending.state(),
        "replies": open_replies(user, chosen),
        "failed": failed,
        "calls": _calls(user, now, partners, chosen, failed),
        "today": today,
        "tomorrow": tomorrow,
        "form": form,
        "found": recent(user, now, form.asked, ids, page=_page(request)),
        "tally": tally(now, [chosen] if chosen else partners),
        "over": OVER.days,
    }
    return render(request, "portal/texts.html", context)


def _ids(user: access.Reader, partners: list[Partner], chosen: Partner | None) -> list[int] | None:
    """None is every partner: the coordination's, who need no condition."""
    if chosen is not None:
        return [chosen.pk]
    return None if access.scope(user).network else [one.pk for one in partners]


def _calls(
    user: access.Reader,
    now: datetime,
    partners: list[Partner],
    chosen: Partner | None,
    failed: list[Text],
) -> list[Call]:
    """Not those whom this account sees elsewhere as a practitioner."""
    managed = {one.pk for one in partners}
    calls = out_of_reach(user, now, partner=chosen, listed=failed)
    return [call for call in calls if call.seat.session.partner_id in managed]


def _page(request: HttpRequest) -> int:
    written = request.GET.get("page", "1")
    return (
        min(int(written), 10_000) if written.isascii() and written.isdigit() and int(written) else 1
    )


@never_cache
@require_safe
def person_texts(request: HttpRequest, reference: str) -> HttpResponse:
    """Every text to one person, about the seats that the reader may see."""
    people = Participant.objects.visible_to(request.user)
    person = get_object_or_404(people, reference=reference.upper())
    context = {"person": person, "seats": of_person(request.user, person)}
    return render(request, "portal/person_texts.html", context)


@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody was told without a text: `comment` says how."""
    seat = get_object_or_404(Seat.objects.visible_to(request.user), pk=pk)
    written = request.POST.get("comment", "")
    if written not in How.values:
        raise Http404
    how = How(written)
    note_told(by=_by(request), now=timezone.now(), seat=seat, how=how, key=key_of(request))
    return _done(request, str(_TOLD[how]))


@require_POST
def reply_read(request: HttpRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(Reply, pk=pk)
    read_reply(by=_by(request), now=timezone.now(), reply=reply, key=key_of(request))
    return _done(request, _("Noted: the reply is dealt with."))


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    pause_sending(by=_by(request), now=timezone.now(), key=key_of(request))
    return _done(request, _("All texts are paused. Nothing leaves until somebody lets them leave."))


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    resume_sending(by=_by(request), now=timezone.now(), key=key_of(request))
    return _done(request, _("Texts leave again."))


def _by(request: HttpRequest) -> Any:
    """Signed in: every view without an exception is."""
    return request.user


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(came_from(request, reverse("texts")))
