"""Letters: what they say, what they never say, who may write them."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

import portal
from booking import actions
from booking.errors import Invalid, NotActive
from booking.models import JournalEntry, Participant, Seat, Session, User, Venue
from booking.models.journal import Verb
from booking.models.person import Mandate
from booking.models.seat import SeatState
from portal.documents.letter import compose, printed
from portal.documents.typesetting import Unprintable
from sms.discretion import fold, never_words
from sms.models import How, Step, Text, TextState
from sms.queries.letters import matters
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-11-23 08:45")


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _seat(cast: Cast, start: str = "2026-12-01 18:00", **fields: Any) -> Seat:
    session = factories.session(cast.ours, paris(start), **fields)
    return actions.book_seat(
        by=None, now=NOW, session=session, participant=cast.hamel, referral=cast.referral
    )


def _pages(*seats: Seat, now: datetime = NOW) -> list[str]:
    pdf = printed([compose(one, now=now) for one in matters(seats, now)])
    return [page.extract_text() for page in _read(pdf).pages]


def _read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def _plain(page: str) -> str:
    return re.sub(r"\s+", " ", page)


def _open(user: User, seat: Seat, method: str = "get") -> HttpResponse:
    client = Client()
    client.force_login(user)
    response: HttpResponse = getattr(client, method)(reverse("letter", args=[seat.pk]))
    return response


def test_a_letter_says_when_where_and_whom_to_call(cast: Cast) -> None:
    cast.hamel.postal_address = "12 rue des Acacias\n\n 95300 Pontoise "
    cast.hamel.save()
    [page] = _pages(_seat(cast))
    assert [_plain(line) for line in page.splitlines() if line.strip()] == [
        "INFO RDV",
        cast.ours.phone,
        "Mickaël Hamel",
        "12 rue des Acacias",
        "95300 Pontoise",
        "Le 23 novembre 2026",
        "Votre rendez-vous",
        "Bonjour,",
        "Vous avez rendez-vous :",
        "mardi 1er décembre",
        "de 18 h à 20 h",
        "12 rue des Lilas, 95300 Pontoise (salle 2)",
        "Votre présence est obligatoire, une absence est signalée.",
        "Apportez une pièce d’identité. Prévoyez votre trajet et prévenez votre employeur.",
        f"Un problème ? Appelez le {cast.ours.phone}.",
    ]


def test_it_says_nothing_that_a_text_may_not_say(cast: Cast) -> None:
    seat = _seat(cast, label="Groupe B", practitioners=[cast.practitioner])
    [page] = _pages(seat)
    assert never_words(fold(page), "fr") == {}
    secret = (cast.ours.name, seat.session.service.name, "Groupe B", "Morel")
    assert [word for word in secret if word.casefold() in page.casefold()] == []


def test_a_volunteer_is_not_told_of_a_duty(cast: Cast) -> None:
    cast.referral.mandate = Mandate.VOLUNTEER
    cast.referral.save()
    [page] = _pages(_seat(cast))
    assert "obligatoire" not in page
    assert "signalée" not in page


def test_a_course_is_one_letter_with_every_coming_sitting(cast: Cast) -> None:
    programme, [day, *_others] = scenes.course(cast.ours)
    actions.enrol(by=None, now=NOW, programme=programme, participant=cast.hamel)
    seat = Seat.objects.get(session=day, participant=cast.hamel)
    [page] = _pages(seat)
    rows = re.findall(r"^(\w+ \d+\w* \w+)\s+de ", _lines(page), re.MULTILINE)
    assert rows == ["samedi 28 novembre", "dimanche 29 novembre"]
    assert "Vos rendez-vous" in page


def _lines(page: str) -> str:
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_session_that_was_moved_is_told_beside_what_was_said(cast: Cast) -> None:
    seat = _seat(cast)
    told = [(seat.pk, seat.session.starts_at.isoformat(), seat.session.venue_id)]
    Text.objects.all().delete()
    _told(seat, told)
    actions.move_session(
        by=None, now=NOW, session=seat.session, starts_at=paris("2026-12-03 19:30")
    )
    seat.refresh_from_db()
    [page] = _pages(seat)
    said = _plain(page)
    assert "Changement de rendez-vous" in said
    assert "Votre rendez-vous du mardi 1er décembre à 18 h est déplacé. Il a lieu :" in said
    assert "jeudi 3 décembre de 19 h 30 à 21 h 30" in said


def _told(seat: Seat, told: list[tuple[int, str, int | None]]) -> None:
    Text.objects.create(
        seat=seat,
        step=Step.SUMMONS,
        revision=seat.session.revision,
        state=TextState.BY_HAND,
        how=How.LETTER,
        due_at=NOW,
        expires_at=seat.starts_at,
        sent_at=NOW,
        told=told,
    )


def test_a_cancelled_session_says_not_to_come(cast: Cast) -> None:
    seat = _seat(cast)
    actions.cancel_session(by=None, now=NOW, session=seat.session)
    seat.refresh_from_db()
    [page] = _pages(seat)
    said = _plain(page)
    assert "Rendez-vous annulé" in said
    assert "Votre rendez-vous du mardi 1er décembre à 18 h n’a pas lieu. Ne venez pas." in said
    assert "Une question ? Appelez le" in said
    assert ("Apportez" in said, "obligatoire" in said) == (False, False)


def test_a_missed_session_asks_to_call(cast: Cast) -> None:
    seat = _seat(cast)
    Seat.objects.filter(pk=seat.pk).update(state=SeatState.UNEXCUSED)
    later = paris("2026-12-02 10:00")
    with time_machine.travel(later, tick=False):
        [page] = _pages(Seat.objects.get(pk=seat.pk), now=later)
    assert "Vous avez manqué votre rendez-vous du mardi 1er décembre à 18 h." in _plain(page)
    assert "appelez vite le" in page


def test_an_offered_place_says_until_when(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-12-01 18:00"))
    entry = actions.join_waiting_list(
        by=None, now=NOW, participant=cast.hamel, session=session, referral=cast.referral
    )
    assert entry.seat is not None
    [page] = _pages(entry.seat)
    assert "Pour la garder, appelez avant le mercredi 25 novembre à 8 h 45 :" in _plain(page)
    assert "obligatoire" not in page


def test_nothing_is_written_of_a_seat_that_was_given_back(cast: Cast) -> None:
    seat = _seat(cast)
    actions.release_seat(by=None, now=NOW, seat=seat)
    with pytest.raises(NotActive):
        matters([Seat.objects.get(pk=seat.pk)], NOW)


def test_a_street_that_says_too_much_is_refused_with_the_reason(cast: Cast) -> None:
    seat = _seat(cast)
    Venue.objects.update(room="bureau du procureur")
    [matter] = matters([seat], NOW)
    with pytest.raises(Invalid) as refused:
        compose(matter, now=NOW)
    assert "procureur" not in str(refused.value)
    response = _open(cast.admin, seat, "post")
    assert (response.status_code, response["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert JournalEntry.objects.filter(verb=Verb.LETTER_WRITTEN).count() == 0


def test_the_file_is_tagged_in_french_and_says_nothing_beside_its_pages(cast: Cast) -> None:
    document = _read(_open(cast.admin, _seat(cast)).content)
    root: Any = document.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr-FR"
    about: dict[str, Any] = {**(document.metadata or {})}
    assert about["/Title"] == "Courrier"
    assert set(about) <= {"/Title", "/Creator", "/Producer"}
    assert "Hamel" not in str(about)


def test_the_same_day_gives_the_same_bytes(cast: Cast) -> None:
    seat = _seat(cast)
    first = _open(cast.admin, seat).content
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        assert _open(cast.admin, seat).content == first


def test_names_of_many_alphabets_are_printed(cast: Cast) -> None:
    Participant.objects.update(last_name="Nguyễn علي", first_name="Łukasz", postal_address="x")
    seat = _seat(cast)
    assert "Łukasz Nguyễn" in _pages(Seat.objects.get(pk=seat.pk))[0]
    Participant.objects.update(last_name="தமிழ்")
    with pytest.raises(Unprintable) as refused:
        _pages(Seat.objects.get(pk=seat.pk))
    assert "தமிழ்" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_long_address_stays_within_the_window(cast: Cast) -> None:
    Participant.objects.update(postal_address="\n".join(f"ligne {n}" for n in range(1, 9)))
    seat = _seat(cast)
    [page] = _pages(Seat.objects.get(pk=seat.pk))
    lines = [line for line in page.splitlines() if line.startswith("ligne")]
    assert lines == [*(f"ligne {n}" for n in range(1, 5)), "ligne 5, ligne 6, ligne 7, ligne 8"]


def test_to_look_writes_nothing_and_to_write_is_in_the_journal(cast: Cast) -> None:
    seat = _seat(cast)
    looked = _open(cast.admin, seat)
    assert JournalEntry.objects.filter(verb=Verb.LETTER_WRITTEN).count() == 0
    written = _open(cast.admin, seat, "post")
    [entry] = JournalEntry.objects.filter(verb=Verb.LETTER_WRITTEN)
    assert (entry.actor, entry.seat, entry.participant, entry.partner, entry.facts) == (
        cast.admin,
        seat,
        cast.hamel,
        cast.ours,
        {"sittings": [seat.pk]},
    )
    assert looked.content == written.content
    assert looked["Content-Disposition"] == 'inline; filename="courrier.pdf"'
    assert written["Content-Disposition"] == 'attachment; filename="courrier.pdf"'
    for response in (looked, written):
        assert response["Content-Type"] == "application/pdf"
        assert "no-store" in response["Cache-Control"]


def test_who_may_open_the_letter(cast: Cast) -> None:
    seat = _seat(cast, practitioners=[cast.practitioner])
    who = ("coordinator", "admin", "doctor", "stranger", "observer")
    answers = [_open(getattr(cast, one), seat).status_code for one in who]
    # Not who leads the session: the address is none of a practitioner's business.
    assert answers == [200, 200, 404, 404, 404]
    assert {_open(one, seat, "post").status_code for one in (cast.stranger, cast.doctor)} == {404}


def test_no_package_is_ever_fetched() -> None:
    documents = Path(portal.__file__).parent / "documents"
    for template in documents.glob("*.typ"):
        assert re.search(r"#import|#include|@preview|image\(|read\(", template.read_text()) is None


def _unreached(cast: Cast, count: int) -> list[Session]:
    sessions = []
    for n in range(count):
        person = factories.participant(texts_refused=True, postal_address="1 rue X\n95000 Cergy")
        session = factories.session(
            cast.ours, paris("2026-11-24 18:00") + timedelta(days=n), label=f"Groupe {n}"
        )
        actions.book_seat(by=None, now=NOW, session=session, participant=person)
        sessions.append(session)
    return sessions


def _list(user: User, **ticked: Any) -> HttpResponse:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    address = reverse("letters")
    response: Any = client.post(address, ticked) if ticked else client.get(address)
    return response  # type: ignore[no-any-return]


def test_those_whom_no_text_reaches_are_listed_and_ticked(cast: Cast) -> None:
    _unreached(cast, 2)
    _seat(cast)
    last = Seat.objects.filter(participant__texts_refused=True).latest("pk")
    Participant.objects.filter(pk=last.participant_id).update(postal_address="")
    body = _list(cast.admin).content.decode()
    assert body.count('class="letter-row"') == 2
    assert re.findall(r'id="place-\d+"\s+(checked)?', body) == ["checked", ""]
    assert body.count("No postal address") == 1


def test_many_letters_are_one_document_of_as_many_pages(cast: Cast) -> None:
    _unreached(cast, 3)
    seats = list(Seat.objects.order_by("starts_at"))
    response = _list(cast.admin, place=[seats[0].pk, seats[2].pk])
    pages = _read(response.content).pages
    names = [seat.participant.last_name in page.extract_text() for seat, page in
             zip((seats[0], seats[2]), pages, strict=True)]  # fmt: skip
    assert names == [True, True]
    written = JournalEntry.objects.filter(verb=Verb.LETTER_WRITTEN)
    assert set(written.values_list("seat", flat=True)) == {seats[0].pk, seats[2].pk}
    assert "Written on" in _list(cast.admin).content.decode()


def test_whoever_was_told_is_not_listed_any_more(cast: Cast) -> None:
    _unreached(cast, 2)
    first, second = Seat.objects.order_by("starts_at")
    client = Client()
    client.force_login(cast.admin)
    address = reverse("told", args=[first.pk])
    assert client.post(address, {"comment": "letter", "place": [second.pk]}).status_code == 302
    body = _list(cast.admin).content.decode()
    assert re.findall(r'id="place-(\d+)"', body) == [str(second.pk)]


def test_nothing_ticked_or_another_partner_s_seat_writes_nothing(cast: Cast) -> None:
    _unreached(cast, 1)
    seat = Seat.objects.get()
    answers = [_list(cast.admin, x=1), _list(cast.stranger, place=[seat.pk])]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Tick at least one person." in answers[0].content.decode()
    assert JournalEntry.objects.filter(verb=Verb.LETTER_WRITTEN).count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_letter_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _unreached(cast, count)
    client = Client()
    client.force_login(cast.admin)
    # Session, account, memberships, partners; whom a text did not reach, whose cancellation nobody
    # said, who was told, whom to call; when letters were written; the seats, their practitioners,
    # their texts.
    with django_assert_num_queries(12):
        client.get(reverse("letters"))
