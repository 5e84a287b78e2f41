from __future__ import annotations

import pytest

from booking.models import Venue
from sms import shipped
from sms.folding import fold
from sms.kinds import Kind
from sms.models import Manner
from sms.naming import everyday, has_reference
from sms.samples import scene
from sms.variables import fill
from sms.whereabouts import outside_streets, says_where
from tests.sms.test_templates import US

PLACE = Venue(
    name="Locaux de Meaux",
    street="12 bis rue des Lilas",
    postcode="77100",
    city="Meaux",
    room="salle 2",
)
DAY = Venue(name="Accueil", street="1 rue du 14 Juillet", city="Le Port", room="B")


def says(text: str, venue: Venue = PLACE) -> bool:
    return says_where(fold(text), [venue], everyday("fr"))


@pytest.mark.parametrize(
    "text",
    ["12 bis rue des Lilas", "RUE DES LILAS", "aux Lilas", "à Meaux", "77100", "Salle 2", "au bureau B",
     "4 rue Basse", "place du Parc", "12 place Carnot", "2e étage", "métro Créteil", "3, cours Foch"],
)  # fmt: skip
def test_a_place_is_found(text: str) -> None:
    assert says(f"RDV mardi. {text}. 01 99 00 10 13")


@pytest.mark.parametrize(
    "text",
    ["Une place est libre", "au cours de la semaine", "mardi 14 juillet à 18h00", "une place de libre",
     "à 18h00 place confirmée", "01 99 00 10 13 place", "Venez avec vos papiers"],
)  # fmt: skip
def test_no_place_is_seen_where_none_is(text: str) -> None:
    assert not says(text)
    assert not says(text, DAY)


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_no_shipped_discreet_text_says_where(language: str) -> None:
    for kind in Kind:
        body = shipped.default(kind, Manner.DISCREET, language)
        said = fill(body, scene(kind, language, partner=US, venue=PLACE))
        assert not says_where(fold(said), [PLACE], everyday(language))
        assert not has_reference(said)


def test_streets_are_left_out() -> None:
    words = fold("RDV 5 allée des Ormes, Meaux. Les Tilleuls vous attendent")
    assert {"ormes", "tilleuls"} & set(outside_streets(words, [])) == {"tilleuls"}


@pytest.mark.parametrize("text", ["3FB8P6", "dossier 3fb8p6.", "(H7K2M9)"])
def test_a_reference_is_found(text: str) -> None:
    assert has_reference(text)


@pytest.mark.parametrize(
    "text", ["RAPPEL", "18h00", "01 99 00 10 13", "bâtiment", "222222", "18h30m"]
)
def test_words_and_numbers_are_no_reference(text: str) -> None:
    assert not has_reference(text)
    assert has_reference("A B C 2 3 4", "ABC234")
