"""Which column is which, in the words that partners write above them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking.identity import fold


class Column(TextChoices):
    """What a column says of a referral."""

    REFERRED_ON = "referred_on", _("date of referral")
    LAST_NAME = "last_name", _("last name")
    FIRST_NAME = "first_name", _("first name")
    BIRTH_DATE = "birth_date", _("born on")
    PHONE = "phone", _("phone")
    LANGUAGE = "language", _("language")
    MANDATE = "mandate", _("mandate")
    REFERRER = "referrer", _("referrer")
    DEADLINE = "deadline", _("deadline")
    DEPARTMENT = "department", _("department")
    PARTNER = "partner", _("partner")
    SERVICE = "service", _("service")
    FIRST_SESSION = "first_session", _("first session")
    REMARK = "remark", _("remark")


#: Without these there is no referral to record.
REQUIRED: Final = (
    Column.REFERRED_ON,
    Column.LAST_NAME,
    Column.FIRST_NAME,
    Column.BIRTH_DATE,
    Column.MANDATE,
    Column.PARTNER,
    Column.SERVICE,
)

_WRITTEN: Final[dict[Column, str]] = {
    Column.REFERRED_ON: "date d'orientation|date orientation|date de l'orientation|orienté le"
    "|orienté(e) le|date",
    Column.LAST_NAME: "nom|nom de famille|nom usuel|nom de naissance|noms",
    Column.FIRST_NAME: "prénom|prénoms|prénom(s)",
    Column.BIRTH_DATE: "né(e) le|né le|née le|date de naissance|date naissance|naissance|ddn",
    Column.PHONE: "téléphone|tél|téléphone portable|tél portable|portable|mobile|tél mobile|numéro"
    "|numéro de téléphone|n° de téléphone|n° tél|gsm|phone",
    Column.LANGUAGE: "langue|langue parlée|langue(s)|langues",
    Column.MANDATE: "cadre|cadre judiciaire|cadre de l'orientation|cadre légal|mandat|mesure",
    Column.REFERRER: "prescripteur|orienté par|orienteur|orienté(e) par|service prescripteur"
    "|origine|origine de l'orientation",
    Column.DEADLINE: "échéance|date d'échéance|date échéance|date limite|à faire avant le",
    Column.DEPARTMENT: "dép|dépt|dpt|département|dépt.",
    Column.PARTNER: "partenaire|association|structure|association partenaire",
    Column.SERVICE: "prestation|prestation demandée|service|action|type de prise en charge",
    Column.FIRST_SESSION: "première séance|1ère séance|1re séance|date de première séance"
    "|date de la première séance|date 1ère séance|premier rendez-vous|premier rdv|1er rdv",
    Column.REMARK: "remarque|remarques|observation|observations|commentaire|commentaires|note"
    "|notes",
}


def _synonyms() -> dict[str, Column]:
    """French headings, the field's own name and its English label, all folded."""
    found = {fold(column.value): column for column in Column}
    found |= {
        fold(heading): column
        for column, headings in _WRITTEN.items()
        for heading in headings.split("|")
    }
    return found


_SYNONYMS: Final = _synonyms()


def recognise(headings: Sequence[str]) -> list[Column | None]:
    """The column that each heading names, None for one that we do not use.

    Case, accents, dots and spaces do not count: "Tél." is "TELEPHONE".
    """
    return [_SYNONYMS.get(fold(heading)) for heading in headings]
