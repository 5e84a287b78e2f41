"""No name, service or never-list word reaches a text, for every template and every datum."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from booking.models import Referral, Seat, Session
from booking.models.person import Mandate
from portal.demo.catalogue import PARTNERS, PartnerFact
from portal.usual_services import SERVICES
from sms import wording
from sms.discretion import everyday, fold, never_words, refuse
from sms.guard import unfit
from sms.in_hand import Told
from sms.models import Step
from sms.words import Words
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

NAMES = (
    *(("Hamel", "Mickaël"), ("D'Almeida-Sœur", "Zoé"), ("Avril", "Jean"), ("Ba", "Ousmane")),
    *(("Le Goff", "Noël"), ("Rivière", "Désiré"), ("Mercredi", "Martin"), ("El Amrani", "Saïd")),
)
PLACES = (
    ("12 rue des Lilas", "Pontoise", "salle 2"),
    ("48 boulevard Jean Jaurès", "L'Haÿ-les-Roses", ""),
    ("3 bis, allée de l'Œillet", "Saint-Ouen-l'Aumône", "2e étage, porte B"),
)


def seat_for(cast: Cast, names: tuple[str, str], place: tuple[str, str, str]) -> Seat:
    venue = factories.venue(cast.ours, street=place[0], city=place[1], room=place[2])
    session = factories.session(
        cast.ours, paris("2026-04-14 18:00"), venue=venue, practitioners=[cast.practitioner]
    )
    person = factories.participant(last_name=names[0], first_name=names[1])
    return book(cast, session, person)


def every_text(seat: Seat) -> set[str]:
    """Each template, for each mandate and manner, and whatever the person was told before."""
    one = seat.session
    later = [
        Session(
            partner=one.partner,
            venue=one.venue,
            starts_at=one.starts_at + timedelta(days=days),
            ends_at=one.ends_at + timedelta(days=days),
        )
        for days in (1, 8)
    ]
    hours = (one.starts_at, one.starts_at - timedelta(days=2), None)
    was = [None, *(Told(hour, venue) for hour in hours for venue in (one.venue_id, None))]
    texts: set[str] = set()
    for seat.participant.phone_shared in (False, True):
        for seat.referral in (None, *(Referral(mandate=mandate) for mandate in Mandate)):
            for step, sittings in itertools.product(Step, ([one], [one, later[0]], [one, *later])):
                texts.update(
                    wording.render(
                        step, seat, sittings=sittings, now=NOW, words=Words(), was=told
                    ).body
                    for told in was
                )
    return texts


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[1])
@pytest.mark.parametrize("names", NAMES, ids="-".join)
def test_no_template_lets_anything_through(
    cast: Cast, names: tuple[str, str], place: tuple[str, str, str]
) -> None:
    seat = seat_for(cast, names, place)
    texts = every_text(seat)
    known = everyday("fr").union(fold(place[0]))
    secret = {word for name in names for word in fold(name) if len(word) > 1} - known - {"le"}
    for service in SERVICES:
        seat.session.service.name = service.name
        for text in texts:
            assert refuse(text, seat) == ""
            assert not secret.intersection(fold(text))
            assert never_words(fold(text), "fr") == {}
            for hidden in (seat.session.service.name, seat.session.label, cast.ours.name):
                assert " ".join(fold(hidden)) not in " ".join(fold(text))


@pytest.mark.parametrize("fact", PARTNERS, ids=lambda fact: fact.slug)
def test_no_place_of_the_demo_lets_anything_through(cast: Cast, fact: PartnerFact) -> None:
    """And none of its addresses is refused: a text that never leaves helps nobody either."""
    cast.ours.name, cast.practitioner.name = fact.name, fact.practitioners[0]
    cast.ours.save()
    cast.practitioner.save()
    seat = seat_for(cast, ("Hamel", "Mickaël"), (fact.street, fact.city, "salle 1"))
    texts = every_text(seat)
    hidden = {"hamel", "mickael", *fold(fact.practitioners[0])}
    for service in SERVICES:
        seat.session.service.name = service.name
        for text in texts:
            assert refuse(text, seat) == ""
            assert not hidden.intersection(fold(text))
            for phrase in (service.name, fact.name, seat.session.label):
                assert " ".join(fold(phrase)) not in " ".join(fold(text))


@pytest.mark.parametrize(
    ("leak", "kind"),
    [
        ("Groupe pour AUTEURS", "word"),
        ("votre juge", "word"),
        ("Le Tribunal", "word"),
        ("suivi pénal", "word"),
        ("la C.P.C.A", "word"),
        ("CPCA95", "word"),
        ("Ne frappez pas", "word"),
        ("Frappez avant d'entrer", ""),
        ("Monsieur Hamel", "name"),
        ("MICKAEL", "name"),
        ("avec le Dr Morel", "name"),
        ("Suivi psychologique", "word"),
        ("vio\N{SOFT HYPHEN}lence", "word"),
        ("Prestation: Group", "service"),
        ("chez Le  Relais", "partner"),
        ("pour le groupe b", "label"),
        ("jugement", "word"),
        ("Villejuif, rue des Justices", "word"),
        ("Villejuif, rue Violet", ""),
        ("vi0lence", "word"),
        ("S P I P", "word"),
        ("Relais", "partner"),
        ("voir is.gd/abc", "link"),
        ("dossier 3FB8P6", "reference"),
    ],
)
def test_the_guard_finds_whole_words_in_any_dress(cast: Cast, leak: str, kind: str) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    assert refuse(f"Vous avez RDV mardi 14 avril. {leak}. Infos : 01", seat) == kind


def test_a_name_that_the_street_bears_tells_nothing_alone(cast: Cast) -> None:
    seat = seat_for(cast, ("Avril", "Jean"), PLACES[1])
    assert refuse("RDV mardi 14 avril, 48 boulevard Jean Jaurès", seat) == ""
    assert refuse("RDV de Jean Avril", seat) == "name"
    assert refuse("RDV de AVRIL JEAN", seat) == "name"


@pytest.mark.parametrize(
    "place", [("5 rue du Tribunal", "Pontoise", ""), ("1 rue A", "B", "Dr Morel")]
)
def test_a_place_that_tells_is_refused(cast: Cast, place: tuple[str, str, str]) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), place)
    text = wording.render(Step.SUMMONS, seat, sittings=[seat.session], now=NOW, words=Words())
    assert refuse(text.body, seat) != ""


@pytest.mark.parametrize("where", ["street", "city", "room", "phone"])
@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("Tribunal", "word"),
        ("CPCA", "word"),
        ("rue Hamel", "name"),
        ("rue Mickaël", "name"),
        ("Hamel, Mickaël", "name"),
        ("Dr Morel", "name"),
        ("Le Relais", "partner"),
        ("groupe b", "label"),
        ("Prestation group", "service"),
    ],
)
def test_whatever_somebody_types_into_a_place_or_a_number_is_refused(
    cast: Cast, where: str, secret: str, kind: str
) -> None:
    """All the free text that a template can say."""
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    venue, ours = seat.session.venue, seat.session.partner
    assert venue is not None
    setattr(ours if where == "phone" else venue, where, secret)
    venue.room = venue.room if where == "room" else ""
    words = Words()
    text = wording.render(Step.SUMMONS, seat, sittings=[seat.session], now=NOW, words=words)
    # A street that bears a name tells nothing alone: "rue Jean Jaurès".
    in_street = where in {"street", "city"} and secret in {"rue Hamel", "rue Mickaël"}
    assert refuse(text.body, seat) == ("" if in_street else kind)


def test_a_colleague_s_name_is_refused_too(cast: Cast) -> None:
    """Whoever leads another session of the partner."""
    factories.practitioner(cast.ours, name="Odile Renard")
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    assert refuse("RDV mardi 14 avril. Demandez Odile.", seat) == "name"


def test_digits_in_a_name_name_nobody(cast: Cast) -> None:
    seat = seat_for(cast, ("Hamel14", "Jean"), PLACES[0])
    assert refuse("RDV mardi 14 avril", seat) == ""


def test_the_guard_asks_once_and_not_at_all_when_prefetched(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    facts = ("session__partner", "session__venue", "session__service", "participant")
    rows = Seat.objects.filter(pk=seat.pk).select_related(*facts)
    fresh = rows.get()
    with django_assert_num_queries(1):
        refuse("RDV mardi 14 avril", fresh)
    fetched = rows.prefetch_related("session__partner__practitioners").get()
    with django_assert_num_queries(0):
        refuse("RDV mardi 14 avril", fetched)


@pytest.mark.parametrize("body", ["موعد في المحكمة", "وبالعنف", "RDV à la C.P.C.A."])
def test_the_list_counts_in_the_person_s_language(cast: Cast, body: str) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    seat.participant.language = "ar"
    assert refuse(body, seat) == "word"


def test_a_discreet_text_says_no_place_by_own_words_either(cast: Cast) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    for said in ("12 rue des Lilas", "à Pontoise", "salle 2", "5 rue Basse", "aux Lilas"):
        body = f"RDV mardi 14 avril, {said}. 01 99 00 00 01"
        assert (refuse(body, seat, discreet=True), refuse(body, seat)) == ("place", "")


def test_a_person_s_own_reference_is_refused_however_it_is_cut(cast: Cast) -> None:
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    seat.participant.reference = "ABCDEF"
    assert refuse("RDV mardi 14 avril. abc-def", seat) == "reference"


def test_the_street_may_bear_the_association_s_word(cast: Cast) -> None:
    cast.ours.name = "La Passerelle des Ormes"
    cast.ours.save()
    seat = seat_for(cast, ("Hamel", "Mickaël"), ("5 allée des Ormes", "Mantes-la-Jolie", ""))
    assert refuse("RDV mardi 14 avril, 5 allee des Ormes, Mantes-la-Jolie.", seat) == ""
    assert refuse("RDV mardi 14 avril aux Ormes.", seat) == "partner"
    assert refuse("RDV à Passerelle des Ormes", seat) == "partner"


def test_a_shared_phone_is_not_told_the_place_in_own_words(cast: Cast) -> None:
    """As it leaves: words of an earlier release, that nobody checked so."""
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    said = "RDV mardi 14 avril, 12 rue des Lilas, Pontoise. 01 99 00 00 01"
    assert unfit(said, [seat]) == ""
    seat.participant.phone_shared = True
    assert unfit(said, [seat]) == "wording"


def test_nothing_leaves_under_a_name_that_tells(cast: Cast) -> None:
    """A sender that was neutral when it was chosen, and a colleague of that name since."""
    seat = seat_for(cast, ("Hamel", "Mickaël"), PLACES[0])
    seat.session.partner.sms_sender = "RDV RENARD"
    assert unfit("RDV mardi 14 avril", [seat]) == ""
    factories.practitioner(cast.ours, name="Odile Renard")
    assert unfit("RDV mardi 14 avril", [seat]) == "sender"
    seat.session.partner.messaging_service = "MG" + "0" * 32
    assert unfit("RDV mardi 14 avril", [seat]) == ""
