"""The words of a partner's texts: all of them at a glance, and one to write, with what it becomes on a
telephone beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import access
from booking.errors import Busy, Invalid
from booking.models import Partner
from booking.models.language import Language
from portal.forms.wording import WordingForm
from portal.keys import key_of
from portal.managed import one_partner
from sms import templates
from sms.actions import restore_wording, review_wording, write_wording
from sms.kinds import Kind
from sms.models import Manner, Step
from sms.queries.wordings import Entry, Preview, catalogue, places, preview
from sms.words import words_for

#: What begins a kind's name, in the order of a person's way through.
_STEPS = (
    Step.SUMMONS,
    Step.DAY7,
    Step.DAY1,
    Step.HOURS3,
    Step.CHANGED,
    Step.CANCELLED,
    Step.MISSED,
    Step.OFFER,
    Step.ANSWER,
)


@dataclass(frozen=True)
class Line:
    """One manner of a kind. `same`: it says what the plain one says, and nobody chose it."""

    entry: Entry
    same: bool
    address: str


@dataclass(frozen=True)
class OneKind:
    kind: Kind
    lines: list[Line]


@dataclass(frozen=True)
class OneStep:
    title: str | Promise
    kinds: list[OneKind]


@dataclass(frozen=True)
class Which:
    """The words that a page is about."""

    partner: Partner
    kind: Kind
    manner: Manner
    language: Language

    @property
    def fields(self) -> dict[str, Any]:
        return {"kind": self.kind, "manner": self.manner, "language": self.language}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wordings(request: HttpRequest) -> HttpResponse:
    """`?langue=` in one language, French without it; `?partenaire=` for those who manage several.
    POST: the coordination has read all shipped words of the language."""
    partner, partners = one_partner(request)
    language = _language(request.GET.get("langue", Language.FRENCH))
    if request.method == "POST":
        return _reviewed_all(request, language)
    entries = catalogue(partner, language)
    query = _query(partner, partners)
    context = {
        **_context(request, partner, partners),
        "language": language,
        "tongues": Language.choices,
        "steps": _by_step(entries, language, query),
        "places": places(partner),
        "own": sum(entry.is_own for entry in entries),
        "unreviewed": sum(bool(entry.body) and not entry.reviewed for entry in entries),
        "meanwhile": any(entry.shipped_leaves and not entry.leaves for entry in entries),
        "shipped": any(entry.default for entry in entries),
    }
    return render(request, "portal/wordings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, kind: str, manner: str, language: str) -> HttpResponse:
    """The editor. POST without a button (what htmx sends while one types), or with « Aperçu », only
    shows; `faire` says what else."""
    partner, partners = one_partner(request)
    if kind not in Kind.values or manner not in Manner.values:
        raise Http404
    which = Which(partner, Kind(kind), Manner(manner), _language(language))
    here = reverse("wording", args=[kind, manner, language]) + _query(partner, partners)
    if _live(request):
        return _fragment(request, which)
    entry = next(
        one for one in catalogue(partner, language) if (one.kind, one.manner) == (kind, manner)
    )
    doing = request.POST.get("faire", "") if request.method == "POST" else ""
    body = request.POST.get("body", entry.body)
    form = WordingForm(
        *(partner, which.kind, which.manner, which.language),
        request.POST if doing == "enregistrer" else None,
        initial={"body": body},
        address=here,
    )
    if doing and _done(request, doing, which, entry, form):
        return redirect(here)
    context = {
        **_context(request, partner, partners),
        "which": which,
        "entry": entry,
        "form": form,
        "here": here,
        "back": f"{reverse('wordings')}{_query(partner, partners, langue=language)}",
        "variables": templates.variables(which.kind, which.manner),
        "said": _preview(which, body),
        "wrong": [(form["body"].id_for_label, str(one)) for one in form.errors.get("body", ())],
    }
    return render(request, "portal/wording.html", context, status=422 if form.errors else 200)


def _live(request: HttpRequest) -> bool:
    return request.method == "POST" and "HX-Request" in request.headers


def _fragment(request: HttpRequest, which: Which) -> HttpResponse:
    """What stands in #preview of the page: the same template, the same words."""
    said = _preview(which, request.POST.get("body", ""))
    context = {"said": said, "which": which, "partner": which.partner}
    response = render(request, "portal/parts/wording_preview.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _preview(which: Which, body: str) -> Preview:
    """Of so long a text that it is refused anyway, the beginning."""
    begun = body[: templates.LONGEST + 1]
    return preview(which.partner, which.kind, which.manner, which.language, begun)


def _done(request: HttpRequest, doing: str, which: Which, entry: Entry, form: WordingForm) -> bool:
    """Whether what was asked for was done: words that are refused are not."""
    if doing == "enregistrer":
        said = _save(request, which, form)
    elif doing == "origine":
        restore_wording(partner=which.partner, **which.fields, **_call(request))
        said = _("The shipped words are back.")
    elif doing == "relu":
        whose, read = which.partner if entry.is_own else None, request.POST.get("lu", "")
        if not read:
            raise Invalid(_("Reload the page and read the words that are to be reviewed."))
        review_wording(partner=whose, digest=read, **which.fields, **_call(request))
        said = _("Reviewed: these words leave from now on.")
    else:
        raise Http404
    if said:
        messages.success(request, said)
    return bool(said)


def _save(request: HttpRequest, which: Which, form: WordingForm) -> str:
    """What was done, in words; "" when it was not, and why stands beside the field, with what was
    typed."""
    if not form.is_valid():
        return ""
    body = form.cleaned_data["body"]
    try:
        own = write_wording(partner=which.partner, body=body, **which.fields, **_call(request))
    except (Invalid, Busy) as refusal:
        form.add_error("body", str(refusal))
        return ""
    if own is None:
        return _("Saved: these are the shipped words.")
    if own.reviewed_at is None and which.language != Language.FRENCH:
        if _instead(which):
            return _(
                "Saved. The coordination reviews these words; until then the shipped ones leave."
            )
        return _("Saved. The coordination reviews these words; until then the French text leaves.")
    return _("Saved. The next texts say it so.")


def _instead(which: Which) -> bool:
    """Whether the shipped words of the language leave while the partner's own wait."""
    words = words_for([which.partner.pk])
    picked = words.pick(which.partner.pk, which.kind, which.manner, which.language)
    return picked.language == which.language


def _reviewed_all(request: HttpRequest, language: Language) -> HttpResponse:
    count = review_wording(language=language, **_call(request))
    said = ngettext(
        "%(count)s text reviewed: it leaves from now on.",
        "%(count)s texts reviewed: they leave from now on.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect(request.get_full_path())


def _call(request: HttpRequest) -> dict[str, Any]:
    """Who, when, and the key of the form."""
    return {"by": request.user, "now": timezone.now(), "key": key_of(request)}


def _language(written: str) -> Language:
    if written not in Language.values:
        raise Http404
    return Language(written)


def _query(partner: Partner, partners: list[Partner], **more: str) -> str:
    """“?partenaire=le-relais&langue=ar”: the partner only where there are several."""
    asked = {"partenaire": partner.slug} if len(partners) > 1 else {}
    asked |= {name: value for name, value in more.items() if value != Language.FRENCH}
    pairs = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"?{pairs}" if pairs else ""


def _context(request: HttpRequest, partner: Partner, partners: list[Partner]) -> dict[str, Any]:
    return {
        "partner": partner,
        "partners": partners,
        "whose": partner.slug if len(partners) > 1 else "",
        "coordinates": access.scope(request.user).network,
    }


def _by_step(entries: Iterable[Entry], language: Language, query: str) -> list[OneStep]:
    by_kind: dict[Kind, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    kinds = {kind: OneKind(kind, _lines(of, language, query)) for kind, of in by_kind.items()}
    return [
        OneStep(step.label, [one for kind, one in kinds.items() if kind.startswith(step.value)])
        for step in _STEPS
    ]


def _lines(entries: list[Entry], language: Language, query: str) -> list[Line]:
    plain = next(entry.body for entry in entries if entry.manner == Manner.PLAIN)
    return [
        Line(
            entry,
            same=entry.manner != Manner.PLAIN and entry.body == plain and not entry.is_own,
            address=reverse("wording", args=[entry.kind, entry.manner, language]) + query,
        )
        for entry in entries
    ]
