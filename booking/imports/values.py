"""One cell → one value of ours. Pure: words, not rows of the database.

Each function takes what a partner typed and raises Unreadable with what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from booking.identity import fold
from booking.imports.errors import Unreadable
from booking.models.language import Language
from booking.models.partner import Department
from booking.models.person import Mandate, ReferrerKind

T = TypeVar("T", bound=str)

_LANGUAGES: Final[dict[Language, str]] = {
    Language.FRENCH: "français|francophone|french|fra",
    Language.ENGLISH: "anglais|anglophone|english|eng",
    Language.ARABIC: "arabe|arabophone|arabic|ara",
    Language.PORTUGUESE: "portugais|lusophone|portuguese|por",
    Language.ROMANIAN: "roumain|romanian|ron",
    Language.SPANISH: "espagnol|hispanophone|spanish|spa",
    Language.TAMIL: "tamoul|tamil|tam",
}
_MANDATES: Final[dict[Mandate, str]] = {
    Mandate.ALTERNATIVE: "alternative aux poursuites|alternatives aux poursuites|alternative"
    "|classement sous condition",
    Mandate.COMPOSITION: "composition pénale|composition",
    Mandate.PLEA: "CRPC|comparution sur reconnaissance préalable de culpabilité|plaider coupable",
    Mandate.JUDICIAL_CONTROL: "contrôle judiciaire|CJ|contrôle judiciaire socio-éducatif|CJSE",
    Mandate.COURSE_SENTENCE: "peine de stage|stage peine|peine complémentaire de stage",
    Mandate.PROBATION: "sursis probatoire|sursis avec mise à l'épreuve|SME|SP"
    "|sursis probatoire renforcé",
    Mandate.ADJUSTMENT: "aménagement de peine|aménagement de peine ou détention|détention"
    "|libération conditionnelle|semi-liberté|DDSE|bracelet électronique",
    Mandate.CARE_ORDER: "obligation de soins|obligation de soin|injonction de soins"
    "|injonction thérapeutique|obligation ou injonction de soins",
    Mandate.VOLUNTEER: "volontaire|volontariat|démarche volontaire|sans mandat",
}
#: The first words that are found decide. Read from most to least telling.
_REFERRERS: Final[tuple[tuple[ReferrerKind, str], ...]] = (
    (ReferrerKind.HELPLINE, r"ne frappez pas|fnacav|08 ?019 ?019 ?11"),
    (
        ReferrerKind.SELF,
        r"(lui|elle)[ -]?meme|(de )?l['’ ]?interessee?|spontanee?|la personne|volontaire",
    ),
    (ReferrerKind.RELATIVE, r"conjointe?|famille|proche|mere|pere|frere|soeur|entourage"),
    (ReferrerKind.PROBATION, r"s\.?p\.?i\.?p\.?|cpip|probation"),
    (ReferrerKind.SENTENCE_JUDGE, r"jap|application des peines"),
    (ReferrerKind.JUDGE, r"jld|juge des libertes|juge d['’ ]instruction|cabinet d['’ ]instruction"),
    (
        ReferrerKind.PROSECUTOR,
        r"parquet|procureure?|delegue[e]? du procureur|dpr|procureur de la republique",
    ),
    (ReferrerKind.COURT, r"tribunal|tj|cour|chambre correctionnelle"),
    (ReferrerKind.JUDICIAL_CONTROL, r"controle judiciaire|apcars|enquetes? sociales?|aij"),
    (ReferrerKind.LAWYER, r"maitre|me|avocate?|barreau"),
    (ReferrerKind.CARE, r"csapa|dr|docteure?|medecin|hopital|cmp|psychiatre|infirmiere?"),
    (
        ReferrerKind.SOCIAL_WORKER,
        r"travailleu(r|se) social(e)?|assistante? sociale?|as|ccas|educateur|educatrice|isc",
    ),
)


def _table(written: Mapping[T, str]) -> dict[str, T]:
    """By every word for it, and by our own code."""
    by_word = {fold(word): code for code, words in written.items() for word in words.split("|")}
    return by_word | {fold(code): code for code in written}


_LANGUAGE_OF: Final = _table(_LANGUAGES)
_MANDATE_OF: Final = _table(_MANDATES)


def name(text: str) -> str:
    """A name as a letter would write it: capitals or small letters throughout become a mixture.

    "SAINT-GEORGES" → "Saint-Georges", "N'DIAYE" → "N'Diaye"; "McKay" stays as it is.
    """
    if text[:1] in "=+@" or not any(character.isalpha() for character in text):
        raise Unreadable(_("This is not a name. Write the name of the person."))
    text = " ".join(text.split())
    return text.title() if text in {text.upper(), text.lower()} else text


def department(text: str) -> Department:
    """By number ("92", "92 - Hauts-de-Seine") or by name."""
    number = re.match(r"0?(\d{2})(?:\d{3})?\b", text)
    for one in Department:
        if (number and number[1] == one.value) or fold(text) == fold(str(one.label)):
            return one
    raise Unreadable(_("This is no department of Île-de-France. Write its number, like 92."))


def language(text: str) -> Language:
    """French when nothing is said."""
    if not text:
        return Language.FRENCH
    try:
        return _LANGUAGE_OF[fold(text)]
    except KeyError:
        raise Unreadable(
            _("Texts are not written in this language. Ask whether an interpreter is needed.")
        ) from None


def mandate(text: str) -> Mandate:
    try:
        return _MANDATE_OF[fold(text)]
    except KeyError:
        known = ", ".join(words.split("|")[0] for words in _MANDATES.values())
        raise Unreadable(_("This mandate is not known. Write one of: %s.") % known) from None


def referrer_kind(text: str) -> ReferrerKind:
    """A guess from the words of the name; `other` when none of them says."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    for kind, words in _REFERRERS:
        if re.search(rf"(?<!\w)(?:{words})(?!\w)", plain):
            return kind
    return ReferrerKind.OTHER
