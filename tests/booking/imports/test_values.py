from __future__ import annotations

import pytest

from booking.imports import values
from booking.imports.errors import Unreadable
from booking.models.language import Language
from booking.models.person import Mandate, ReferrerKind


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NGUYÊN", "Nguyên"),
        ("D'ALMEIDA", "D'Almeida"),
        ("N’DIAYE", "N’Diaye"),
        ("SAINT-GEORGES", "Saint-Georges"),
        ("de  la tour", "De La Tour"),
        ("McKay", "McKay"),
        ("SŒUR", "Sœur"),
        ("தர்ஷன்", "தர்ஷன்"),
    ],
)
def test_a_name_is_kept_as_a_letter_writes_it(typed: str, kept: str) -> None:
    assert values.name(typed) == kept


@pytest.mark.parametrize("typed", ["", "?", "-", "1234", "=HYPERLINK(0)", "+CMD", "@SUM(A1)"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        values.name(typed)


@pytest.mark.parametrize("typed", ["92", "092", "92 - Hauts-de-Seine", "hauts de seine", "92100"])
def test_a_department_by_number_or_name(typed: str) -> None:
    assert values.department(typed) == "92"


@pytest.mark.parametrize("typed", ["13", "Bouches-du-Rhône", "x", "9"])
def test_a_department_of_elsewhere_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        values.department(typed)


def test_languages_are_codes() -> None:
    typed = ("français", "FRANCAIS", "", "anglais", "arabe", "portugais", "roumain", "tamoul", "es")
    assert [values.language(one) for one in typed] == [
        Language.FRENCH,
        Language.FRENCH,
        Language.FRENCH,
        Language.ENGLISH,
        Language.ARABIC,
        Language.PORTUGUESE,
        Language.ROMANIAN,
        Language.TAMIL,
        Language.SPANISH,
    ]
    with pytest.raises(Unreadable):
        values.language("klingon")


@pytest.mark.parametrize(
    ("typed", "mandate"),
    [
        ("Alternative aux poursuites", Mandate.ALTERNATIVE),
        ("COMPOSITION PENALE", Mandate.COMPOSITION),
        ("crpc", Mandate.PLEA),
        ("Contrôle judiciaire", Mandate.JUDICIAL_CONTROL),
        ("Peine de stage", Mandate.COURSE_SENTENCE),
        ("sursis probatoire", Mandate.PROBATION),
        ("Aménagement de peine", Mandate.ADJUSTMENT),
        ("Obligation de soins", Mandate.CARE_ORDER),
        ("Volontaire", Mandate.VOLUNTEER),
    ],
)
def test_mandates_are_ours(typed: str, mandate: Mandate) -> None:
    assert values.mandate(typed) == mandate


def test_an_unknown_mandate_says_which_there_are() -> None:
    with pytest.raises(Unreadable, match="sursis probatoire"):
        values.mandate("parce que")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SPIP 77", ReferrerKind.PROBATION),
        ("S.P.I.P. du 93", ReferrerKind.PROBATION),
        ("Parquet de Paris", ReferrerKind.PROSECUTOR),
        ("Délégué du procureur", ReferrerKind.PROSECUTOR),
        ("Déléguée du procureur", ReferrerKind.PROSECUTOR),
        ("JLD Créteil", ReferrerKind.JUDGE),
        ("JAP Versailles", ReferrerKind.SENTENCE_JUDGE),
        ("Maître Dupré", ReferrerKind.LAWYER),
        ("CSAPA Nord", ReferrerKind.CARE),
        ("Dr Morel", ReferrerKind.CARE),
        ("Lui-même", ReferrerKind.SELF),
        ("elle-même", ReferrerKind.SELF),
        ("Ne frappez pas", ReferrerKind.HELPLINE),
        ("Travailleur social", ReferrerKind.SOCIAL_WORKER),
        ("Travailleuse sociale", ReferrerKind.SOCIAL_WORKER),
        ("Tribunal judiciaire de Meaux", ReferrerKind.COURT),
        ("Sa sœur", ReferrerKind.RELATIVE),
        ("Mairie de Meaux", ReferrerKind.OTHER),
        ("Drôle d'association", ReferrerKind.OTHER),
    ],
)
def test_the_kind_of_a_referrer_is_guessed_from_its_name(name: str, kind: ReferrerKind) -> None:
    assert values.referrer_kind(name) == kind
