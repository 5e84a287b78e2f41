"""What is wrong with words that somebody writes, and what they would cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from booking.models import Partner, Referrer, Venue
from booking.models.language import Language
from sms import shipped, templates
from sms.kinds import Kind
from sms.models import Manner
from sms.never import WORDS
from sms.samples import scene
from sms.slots import fits
from sms.templates import Known, faults
from sms.variables import VARIABLES, fill
from tests import factories
from tests.cast import Cast

US = Partner(pk=1, name="Le Relais", phone="01 99 00 10 13")
GOOD = "Rappel : RDV {demain} {quand}, {adresse}. Un problème ? {tel}"
KNOWN = Known(
    partner=US,
    people=("Dr Hélène Morel", "Odile Renard"),
    services=("Groupe de parole", "Entretien d'accueil"),
    referrers=("Cabinet Duchemin",),
    venues=(Venue(street="12 rue des Lilas", city="Pontoise", room="salle 2"),),
)


def of(
    body: str,
    kind: Kind = Kind.DAY1,
    manner: Manner = Manner.PLAIN,
    language: str = "fr",
    known: Known = KNOWN,
) -> list[str]:
    with translation.override("en"):
        return faults(kind, manner, language, body, US, known=known)


@pytest.mark.parametrize(("kind", "manner", "language", "body"), list(shipped.everything()))
def test_shipped_words_have_no_fault(kind: Kind, manner: Manner, language: str, body: str) -> None:
    assert templates.tidy(body) == body
    assert of(body, kind, manner, language) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "Write the text."),
        (" \n ", "Write the text."),
        (GOOD + "a" * 600, "A text has at most 600 characters."),
        (GOOD + " {quandd}", "{quandd} is not known. There are: {quand}, {jour}, {heure}, {demain}, {adresse}, {lieu}, {tel}."),
        (GOOD + " {avant}", "{avant} means nothing in this text."),
        ("Rappel : RDV {quand}, {lieu}.", "This is missing: {tel}."),
        ("Rappel : RDV, {lieu}. {tel}", "This is missing: {quand} or {jour} and {heure}."),
        ("Rappel : RDV {jour}, {lieu}. {tel}", "This is missing: {quand} or {jour} and {heure}."),
        ("Rappel : RDV {quand}. {tel}", "This is missing: {lieu} or {adresse}."),
        (GOOD + " http://exemple", "No link: the text would look like a fraud. Give the number to call."),
        (GOOD + " Voir exemple.fr", "No link: the text would look like a fraud. Give the number to call."),
        (GOOD + " 👍 ش", "These characters cannot be sent: 👍ش"),
        (GOOD + " RDV annulé ?", "“annule” would be read as a cancellation, and this text is none: say it otherwise."),
        (GOOD + " Demandez Odile.", "No name of anybody: the phone may be in somebody else's hand."),
        (GOOD + " Dr MOREL", "No name of anybody: the phone may be in somebody else's hand."),
        (GOOD + " Entretien d’accueil", "Not the service: say “RDV” and no more."),
        (GOOD + " Le relais", "Not the association's name: a stranger could look it up."),
        (GOOD + " Cabinet Duchemin", "Not who sends the person."),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_a_sentence(body: str, fault: str) -> None:
    assert fault in of(body)


@pytest.mark.parametrize(
    "hole",
    ["{", "}", "{}", "{0}", "{tel!r}", "{tel:>999}", "{tel.__class__}", "{tel[0]}", "{{tel}}",
     "{ tel }", "{Tel}", "{téléphone}", "{tel"],
)  # fmt: skip
def test_braces_hold_a_name_and_nothing_cleverer(hole: str) -> None:
    (first, *_) = of(f"{GOOD} {hole}")
    assert first.startswith("Braces only hold one of the words below")


def test_a_value_is_never_read_as_a_template() -> None:
    partner = Partner(phone="{quand}{tel.__class__}")
    told = scene(Kind.DAY1, "fr", partner=partner, venue=KNOWN.longest)
    assert fill("{tel}", told) == "{quand}{tel.__class__}"


@given(st.text(max_size=200))
def test_whatever_is_written_is_filled_or_faulted_and_never_fails(body: str) -> None:
    wrong = of(body)
    if not wrong:
        assert fits(Kind.DAY1, Manner.PLAIN, templates.tidy(body))
    told = scene(Kind.DAY1, "fr", partner=US, venue=KNOWN.longest)
    assert isinstance(fill(body, told), str)


@pytest.mark.parametrize("body", ["RDV\0 {quand}", "RDV \ud800 {quand}"])
def test_what_cannot_be_stored_is_refused(body: str) -> None:
    assert len(of(body)) == 1


@pytest.mark.parametrize("name", ["lieu", "adresse"])
def test_a_discreet_text_says_no_place(name: str) -> None:
    body = f"RDV {{quand}}, {{{name}}}. {{tel}}"
    assert of(body, manner=Manner.DISCREET) == [
        f"{{{name}}} does not belong here: on a shared phone a text does not say the place."
    ]


@pytest.mark.parametrize(
    ("word", "language", "said"),
    [
        ("Tribunal", "fr", "tribunal"),
        ("la C.P.C.A.", "fr", "cpca"),
        ("VICTIMES", "en", "victimes"),
        ("the Court", "en", "court"),
        ("el juez", "es", "juez"),
        ("a prisão", "pt", "prisao"),
        ("judecătorul", "ro", "judecatorul"),
        ("والمحكمة", "ar", "محكمة"),
        ("بالعنف", "ar", "عنف"),
        ("groupe de parole", "fr", "groupe de parole"),
    ],
)
def test_a_word_of_the_list_is_refused_with_the_reason(word: str, language: str, said: str) -> None:
    found = [one for one in of(f"{GOOD} {word}", language=language) if one.startswith("Never")]
    (sentence,) = found
    assert sentence.startswith(f"Never “{said}”: ")
    assert len(sentence) > len(said) + 20


def test_words_of_another_language_are_no_fault_in_french() -> None:
    assert of(GOOD.replace("Rappel", "Le court trajet")) == []


@pytest.mark.parametrize("language", WORDS)
def test_every_word_of_the_list_is_found_as_it_is_written(language: str) -> None:
    for word in WORDS[language]:
        assert any(
            "Never" in one for one in of(f"{GOOD} {word.replace('-', ' ')}", language=language)
        )


@pytest.mark.parametrize(
    ("body", "language", "fault"),
    [
        (GOOD + " vio{demain}lence", "fr", "Leave a blank before or after what stands in braces."),
        (GOOD + " exemple．fr", "fr", "No link: the text would look like a fraud. Give the number to call."),
        (GOOD + " 3FB8P6", "fr", "No reference of a file: the phone may be in somebody else's hand."),
        (GOOD + " Relais", "fr", "Not the association's name: a stranger could look it up."),
        (GOOD + " à Aubépine", "fr", "Not the name of another association: a stranger could look it up."),
        (GOOD + " Mme Vidal", "fr", "No name of anybody: the phone may be in somebody else's hand."),
        (GOOD + " СРСА", "ar", "These characters are of another alphabet and only look like letters of this one: СРА"),
        (GOOD + " Γ", "fr", "These characters are of another alphabet and only look like letters of this one: Γ"),
    ],
)  # fmt: skip
def test_what_is_dressed_up_is_a_fault_too(body: str, language: str, fault: str) -> None:
    known = replace(KNOWN, others=("Association Aubépine",), colleagues=("Claire Vidal",))
    assert fault in of(body, language=language, known=known)


def test_a_colleague_s_name_that_is_a_word_is_one_when_it_is_written_small() -> None:
    known = replace(KNOWN, colleagues=("Claire Fontaine",))
    assert of(GOOD.replace("Rappel", "Info claire"), known=known) == []
    assert of(GOOD.replace("Rappel", "Info Fontaine"), known=known) != []


@pytest.mark.parametrize(
    "said", ["12 rue des Lilas, Pontoise", "Pontoise", "salle 2", "7 rue Basse", "95300"]
)
def test_a_place_is_a_fault_of_a_discreet_text_only(said: str) -> None:
    body = f"Rappel : RDV {{demain}} {{quand}}. {said}. {{tel}}"
    assert of(body, manner=Manner.DISCREET) == [
        "No street, town or room here: on a shared phone a text does not say the place."
    ]
    assert of(f"{GOOD} {said}.") == []


@pytest.mark.django_db
def test_who_writes_cannot_find_out_who_is_in_the_database(cast: Cast) -> None:
    with translation.override("en"):
        assert faults(Kind.DAY1, Manner.PLAIN, "fr", f"{GOOD} Hamel", cast.ours) == []


def test_a_cancellation_says_so() -> None:
    body = "RDV du {ancien} annulé. Ne venez pas. {tel}"
    assert of(body, kind=Kind.CANCELLED) == []


def test_too_long_is_measured_at_the_longest_place() -> None:
    padded = GOOD + " Merci de venir à l'heure." * 7
    assert of(padded) == []
    street = "118 ter avenue de la Porte des Coteaux et du Moulin"
    far = Known(US, (), (), (), (*KNOWN.venues, Venue(street=street, city="Saint-Ouen-l'Aumône")))
    assert of(padded, known=far) == [
        "Too long: with your longest place it would cost 3 texts, and may cost 2."
    ]


def test_a_place_that_is_kept_for_victims_is_no_sample() -> None:
    far = Venue(street="x" * 100, city="y", victims_only=True)
    assert Known(US, (), (), (), (far, *KNOWN.venues)).longest == KNOWN.venues[0]


@pytest.mark.parametrize("manner", Manner)
@pytest.mark.parametrize("kind", Kind)
def test_each_text_has_a_number_to_call_and_each_variable_a_meaning(
    kind: Kind, manner: Manner
) -> None:
    here = templates.variables(kind, manner)
    assert "tel" in here
    assert set(here) <= set(VARIABLES)
    assert all(here.values())


@pytest.mark.django_db
def test_what_must_not_be_said_is_read_in_five_queries(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        factories.practitioner(cast.ours)
        factories.venue(cast.ours)
    Referrer.objects.create(name="CSAPA Nord", kind="care")
    with django_assert_num_queries(5):
        known = templates.known_of(cast.ours)
    assert known.people[:1] == ("Dr Morel",)
    assert cast.admin.name in known.people
    assert cast.stranger.name in known.colleagues
    assert known.others == (cast.theirs.name,)
    assert Language.TAMIL not in shipped.LANGUAGES
