"""The proof: for every shipped template, in every manner and language, every variable and every
datum of the demo, no name, service or never-list word reaches a text."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import portal.demo
from booking.models import (
    Participant,
    Partner,
    Referral,
    Referrer,
    Seat,
    Service,
    Session,
    Venue,
)
from booking.models.person import Mandate
from portal.demo.catalogue import PARTNERS, STAFF, PartnerFact
from portal.usual_services import SERVICES
from sms import samples, shipped, wording
from sms.discretion import everyday, fold, never_words
from sms.gsm import segments
from sms.in_hand import Told
from sms.kinds import Kind
from sms.models import Manner, ReviewedWording, Step
from sms.never import WORDS
from sms.variables import VARIABLES
from sms.wording import Rendered
from sms.words import Picked, Words
from tests.factories import paris

NOW = paris("2026-04-13 09:00")
START = paris("2026-04-14 09:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERYTHING = Words(
    reviewed=[
        ReviewedWording(kind=kind, manner=manner, language=language, digest=shipped.digest(body))
        for kind, manner, language, body in shipped.everything()
    ]
)


def rows(**canaries: str) -> Seat:
    """Everything that hangs on a seat, unsaved; each free text as given."""
    partner = Partner(pk=1, name=canaries["partner"], slug="slug", phone="01 99 00 10 13")
    session = Session(
        pk=1,
        partner=partner,
        service=Service(pk=1, name=canaries["service"]),
        venue=Venue(
            pk=1,
            partner=partner,
            name=canaries["venue"],
            street=canaries["street"],
            postcode="77100",
            city=canaries["city"],
            room=canaries["room"],
        ),
        label=canaries["label"],
        starts_at=START,
        ends_at=START + HOUR,
        allowance_reason=canaries["reason"],
    )
    person = Participant(
        pk=1,
        reference=canaries["reference"],
        first_name=canaries["first"],
        last_name=canaries["last"],
        postal_address=canaries["home"],
        phone="+33639980072",
        phone_as_typed="06 39 98 00 72",
    )
    referral = Referral(
        pk=1,
        participant=person,
        mandate=Mandate.PROBATION,
        note=canaries["note"],
        referrer=Referrer(pk=1, name=canaries["referrer"]),
    )
    return Seat(
        pk=1, session=session, participant=person, referral=referral, over_reason=canaries["reason"]
    )


def later(session: Session, by: timedelta) -> Session:
    values = {one.attname: getattr(session, one.attname) for one in Session._meta.concrete_fields}
    other = Session(**values)
    other.partner, other.venue, other.service = session.partner, session.venue, session.service
    other.starts_at, other.ends_at = session.starts_at + by, session.ends_at + by
    return other


def every_text(seat: Seat, language: str) -> Iterator[Rendered]:
    """What can be rendered for this seat: each step, shape, manner, and whatever was said before."""
    one = seat.session
    shapes = [[one], *([one, *(later(one, by) for by in bys)] for bys in _LATER)]
    hands = [None, Told(None, None), Told(START, 2), Told(START - DAY, 1), Told(START - DAY, 2)]
    seat.participant.language = language
    bound = seat.referral
    for step, sittings, shared, mandated in itertools.product(
        Step, shapes, (False, True), (False, True)
    ):
        seat.participant.phone_shared = shared
        seat.referral = bound if mandated else None
        for was in hands if step in {Step.CHANGED, Step.CANCELLED} else [None]:
            yield wording.render(
                step, seat, sittings=sittings, now=NOW, words=EVERYTHING, was=was, until=NOW + DAY
            )
    seat.referral = bound


_LATER = ([5 * HOUR], [DAY], [DAY, 8 * DAY])
_CANARIES = (
    *("partner", "service", "venue", "label", "reason", "reference", "first", "last"),
    *("home", "note", "referrer", "street", "city", "room"),
)
_SAID = {"street", "city", "room"}


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_only_street_town_and_room_of_all_free_text_are_ever_said(language: str) -> None:
    """By canaries: were any other field within reach of a template, its canary would sing. This
    renders every template there is."""
    canaries = {name: f"Canary{name}" for name in _CANARIES}
    texts = list(every_text(rows(**canaries), language))
    assert {(text.kind, text.manner) for text in texts} == set(itertools.product(Kind, Manner))
    assert {text.language for text in texts} == {language}
    sung = {name for name in _CANARIES for text in texts if f"Canary{name}" in text.body}
    assert sung == _SAID
    discreet = [text.body for text in texts if text.manner == Manner.DISCREET]
    assert not any("Canary" in body for body in discreet)


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_says_only_what_it_is_for(name: str) -> None:
    canaries = {canary: f"Canary{canary}" for canary in _CANARIES}
    own = rows(**canaries).session
    shown = samples.scene(Kind.SUMMONS, "fr", partner=own.partner, venue=own.venue or Venue())
    for brief in (False, True):
        said = VARIABLES[name].value(replace(shown, brief=brief))
        sung = {canary for canary in _CANARIES if f"Canary{canary}" in said}
        expected = {"adresse": {"street", "city"}, "rdv": {"street", "city"}}
        assert sung == expected.get(name, _SAID if name in {"lieu", "au_lieu"} else set())


@cache
def demo_history() -> list[dict[str, str]]:
    path = Path(portal.demo.__file__).with_name("orientations-2021-T1.csv")
    with path.open(encoding="cp1252", newline="") as file:
        # A broken line has fewer columns.
        return list(csv.DictReader(file, delimiter=";", restval=""))


@cache
def secret_names() -> frozenset[str]:
    """Each part of the name of everybody in the demo."""
    people = [
        *(name for fact in PARTNERS for name in fact.practitioners),
        *(fact.name for fact in STAFF),
        *(row[column] for row in demo_history() for column in ("Nom", "Prénom")),
    ]
    return frozenset(
        part for name in people for part in fold(name) if len(part) > 1 and part.isalpha()
    )


@cache
def secret_phrases() -> frozenset[str]:
    """Services, partners and who sends: what is said whole."""
    labels = [
        *(fact.name for fact in SERVICES),
        *(fact.name for fact in PARTNERS),
        *(row[column] for row in demo_history() for column in ("Prescripteur", "Prestation")),
    ]
    return frozenset(f" {' '.join(fold(label))} " for label in labels if fold(label))


@pytest.mark.parametrize("fact", PARTNERS, ids=lambda fact: fact.slug)
def test_no_template_says_a_name_a_service_or_a_word_of_the_list(fact: PartnerFact) -> None:
    row = demo_history()[PARTNERS.index(fact)]
    usual = dict.fromkeys(_CANARIES, "") | {
        "partner": fact.name,
        "service": row["Prestation"],
        "label": "Groupe B",
        "venue": f"Locaux de {fact.city}",
        "street": fact.street,
        "city": fact.city,
        "room": "salle 2",
        "first": row["Prénom"],
        "last": row["Nom"],
        "referrer": row["Prescripteur"],
    }
    place = {*fold(fact.street), *fold(fact.city), *fold("salle 2")}
    assert len(secret_names()) > 100, "something must be there that could leak"
    for language in shipped.LANGUAGES:
        for body in {text.body for text in every_text(rows(**usual), language)}:
            words = fold(body)
            # Who is called like a town or a day is not named by it.
            named = secret_names() - place - everyday(language)
            assert not named.intersection(words)
            assert never_words(words, language) == {}
            whole = f" {' '.join(words)} "
            assert [phrase for phrase in secret_phrases() if phrase in whole] == []


def test_no_shipped_word_is_on_any_list() -> None:
    """Of any language, not only of its own."""
    for *_, body in shipped.everything():
        for language in WORDS:
            assert never_words(fold(body), language) == {}


def longest_of_the_demo() -> Venue:
    rooms = [Venue(street=one.street, city=one.city, room="salle 2") for one in PARTNERS]
    return samples.longest(rooms)


@pytest.mark.parametrize("manner", Manner)
@pytest.mark.parametrize("kind", Kind)
def test_french_is_one_segment_at_the_longest_place_and_a_list_at_most_two(
    kind: Kind, manner: Manner
) -> None:
    picked = Picked(shipped.default(kind, manner, "fr"), "fr", own=False)
    partner = Partner(phone="01 99 00 10 13")
    longest = samples.scene(kind, "fr", partner=partner, venue=longest_of_the_demo())
    listing = kind in {Kind.SUMMONS_MANY, Kind.OFFER_MANY}
    assert segments(wording.say(kind, picked, longest)) <= (2 if listing else 1)


def test_transliteration_saves_segments() -> None:
    before, after = shipped.segment_totals()
    assert len(list(shipped.everything())) <= after < before
