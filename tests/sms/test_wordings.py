"""The editor's reads: the catalogue of a partner's words, a preview, and places that cannot be said."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from booking.models import Venue
from sms import actions, shipped
from sms.kinds import Kind
from sms.models import Manner, OwnWording
from sms.queries.wordings import Entry, catalogue, places, preview
from tests import factories
from tests.cast import Cast
from tests.sms.conftest import NOW

pytestmark = pytest.mark.django_db
WORDS = "RDV {demain} {quand}. Un souci ? {tel}"
EVE: dict[str, Any] = {"kind": "day1", "manner": "discreet"}


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def write(cast: Cast, body: str = WORDS, language: str = "fr") -> None:
    values = {"partner": cast.ours, "language": language, **EVE}
    actions.write_wording(by=cast.admin, now=NOW, body=body, **values)


def entry(cast: Cast, language: str = "fr") -> Entry:
    (one,) = (
        one
        for one in catalogue(cast.ours, language)
        if (one.kind, one.manner) == (Kind.DAY1, Manner.DISCREET)
    )
    return one


def test_untouched_words_are_the_shipped_ones(cast: Cast) -> None:
    default = shipped.default(Kind.DAY1, Manner.DISCREET, "fr")
    assert entry(cast) == Entry(
        kind=Kind.DAY1,
        manner=Manner.DISCREET,
        body=default,
        default=default,
        is_own=False,
        default_changed=False,
        reviewed=True,
        leaves=True,
        shipped_leaves=True,
        digest=shipped.digest(default),
        faults=[],
    )
    assert len(catalogue(cast.ours, "fr")) == len(Kind) * len(Manner)


def test_own_words_are_shown_and_a_better_default_is_told(cast: Cast) -> None:
    write(cast)
    assert (entry(cast).body, entry(cast).is_own, entry(cast).leaves) == (WORDS, True, True)
    assert not entry(cast).default_changed
    OwnWording.objects.update(default_digest=shipped.digest("What was shipped before"))
    assert entry(cast).default_changed


def test_translations_say_whether_they_leave(cast: Cast) -> None:
    assert (entry(cast, "ar").reviewed, entry(cast, "ar").leaves) == (False, False)
    actions.review_wording(by=cast.coordinator, now=NOW, language="ar")
    assert (entry(cast, "ar").reviewed, entry(cast, "ar").leaves) == (True, True)
    write(cast, "موعد {demain} {quand}. {tel}", "ar")
    assert (entry(cast, "ar").reviewed, entry(cast, "ar").leaves) == (False, False)
    assert entry(cast, "ar").shipped_leaves
    actions.review_wording(by=cast.coordinator, now=NOW, language="ar", partner=cast.ours)
    assert (entry(cast, "ar").reviewed, entry(cast, "ar").leaves) == (True, True)


def test_a_language_without_words_is_empty(cast: Cast) -> None:
    tamil = entry(cast, "ta")
    assert (tamil.body, tamil.reviewed, tamil.leaves, tamil.faults) == ("", False, False, [])


def test_own_words_that_became_faulty_say_so(cast: Cast) -> None:
    write(cast, WORDS + " Demandez Odile.")
    assert entry(cast).faults == []
    factories.practitioner(cast.ours, name="Odile Renard")
    assert entry(cast).faults == ["No name of anybody: the phone may be in somebody else's hand."]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalogue_takes_seven_queries(
    cast: Cast, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        factories.practitioner(cast.ours)
        factories.venue(cast.ours)
    write(cast)
    with django_assert_num_queries(7):
        catalogue(cast.ours, "fr")


def test_a_preview_says_what_it_costs(cast: Cast, settings: Settings) -> None:
    settings.SMS_SEGMENT_PRICE = 70
    shown = preview(cast.ours, Kind.DAY1, Manner.PLAIN, "fr", "Fête : {quand}, {lieu}. {tel}")
    said = "Fete : mercredi 23 septembre à 18h00, 12 rue des Lilas, Pontoise (salle 2). "
    assert shown.body == said + cast.ours.phone
    assert (shown.alphabet, shown.characters) == ("GSM-7", len(shown.body))
    assert (shown.segments, shown.left) == (1, 160 - len(shown.body))
    assert (shown.cost_thousandths, shown.replaced, shown.faults) == (70, [("ê", "e")], [])


def test_a_preview_in_arabic_is_ucs2(cast: Cast) -> None:
    shown = preview(cast.ours, Kind.DAY1, Manner.DISCREET, "ar", "موعد {demain} {quand}. {tel}")
    assert (shown.alphabet, shown.replaced, shown.faults) == ("UCS-2", [], [])
    assert shown.segments == 1


@pytest.mark.parametrize("body", ["", "{", "{avant} {rdv} {tel.__class__}", "RDV\0", "a" * 5000])
def test_a_preview_of_anything_is_shown_with_its_faults(cast: Cast, body: str) -> None:
    assert preview(cast.ours, Kind.DAY1, Manner.PLAIN, "fr", body).faults != []


def test_a_preview_knows_the_partner_s_longest_place_and_nobody(cast: Cast) -> None:
    factories.venue(cast.ours, street="18 rue des Coteaux", city="Saint-Ouen-l'Aumône")
    default = shipped.default(Kind.SUMMONS, Manner.PLAIN, "fr")
    shown = preview(cast.ours, Kind.SUMMONS, Manner.PLAIN, "fr", default)
    assert "18 rue des Coteaux, Saint-Ouen-l'Aumone (salle 2)" in shown.body
    # The shipped words make room for it, as they do when they leave.
    assert ". Pièce d'identité. " in shown.body
    assert shown.segments == 1
    assert ("ô", "o") in shown.replaced


def test_places_that_no_text_may_say_are_told_beforehand(cast: Cast) -> None:
    assert places(cast.ours) == []
    court = factories.venue(cast.ours, street="3 rue du Palais de Justice")
    named = factories.venue(cast.ours, room="Cabinet Morel")
    factories.venue(cast.ours, name="Accueil", street="1 rue du Tribunal", victims_only=True)
    told = places(cast.ours)
    assert [one.venue for one in told] == [court, named]
    assert told[0].faults[0].startswith("Its address holds “justice”, which no text may say.")
    assert told[1].faults[0].startswith("It names somebody, a service or the association.")


@pytest.mark.parametrize("phone", ["au tribunal", "01 23 45 67 89 SPIP", "-"])
def test_a_number_that_is_none_is_told(cast: Cast, phone: str) -> None:
    cast.ours.phone = phone
    assert [one.venue for one in places(cast.ours)] == [None]
    assert isinstance(places(cast.ours)[0].venue, Venue | None)
