from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from booking.models import JournalEntry, Participant, Partner, Seat, User
from booking.models.person import PhoneState
from portal.keys import FIELD
from sms.models import Alert, Reply, Sending, Step, Text, TextState
from tests import factories
from tests.booking.queries import rows as listed
from tests.cast import Cast
from tests.factories import paris
from tests.sms.queries.test_outbox import row

pytestmark = pytest.mark.django_db
NOW = paris("2026-03-16 10:00")


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _client(user: User) -> Client:
    """In English: the words of the sources."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def _page(user: User, query: str = "") -> str:
    response = _client(user).get(reverse("texts") + query)
    assert response.status_code == 200
    return response.content.decode()


def _bare(html: str) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def _part(body: str, start: str, end: str) -> str:
    return _bare(body[body.index(start) :].partition(end)[0])


def _seat(of: Partner, person: Participant | None = None, at: str = "2026-03-18 18:00") -> Seat:
    if person is None:
        person = factories.participant()
        factories.referral(person, of)
    return listed.seat(listed.bare(of, paris(at)), person)


def _reply(seat: Seat, **fields: Any) -> Reply:
    values = {
        "provider_id": f"SM{Reply.objects.count()}",
        "number": seat.participant.phone,
        "body": "En retard de 10 minutes",
        "seat": seat,
        "partner": seat.session.partner,
        "received_at": NOW - timedelta(minutes=7),
        "handled_at": NOW,
    }
    return Reply.objects.create(**(values | fields))


def test_what_did_not_arrive_says_why_and_what_to_do(cast: Cast) -> None:
    seat = _seat(cast.ours, cast.hamel)
    row(seat, TextState.FAILED, Step.SUMMONS, problem="30005", sent_at=NOW)
    said = _part(_page(cast.admin), 'id="non-remis"', "</section>")
    assert said.startswith(
        'id="non-remis"> 1 text that did not arrive Hamel Mickaël 06 39 98 00 72 '
        "Summons · Not delivered: unknown number, call"
    )
    assert "Hamel" not in _page(cast.stranger)


def test_who_cannot_be_texted_stands_once(cast: Cast) -> None:
    person = factories.participant(phone="", phone_state=PhoneState.NONE)
    factories.referral(person, cast.ours)
    seat = _seat(cast.ours, person)
    body = _page(cast.admin)
    assert "No number: ask for the number again" in _part(body, 'id="sans-sms"', "</section>")
    row(seat, TextState.FAILED, Step.SUMMONS, problem="30005", sent_at=NOW)
    body = _page(cast.admin)
    assert ('id="non-remis"' in body, 'id="sans-sms"' in body) == (True, False)


def test_a_reply_is_read_and_leaves_the_list(cast: Cast) -> None:
    reply = _reply(_seat(cast.ours, cast.hamel))
    body = _page(cast.admin)
    assert "En retard de 10 minutes" in _part(body, 'id="reponses"', "</section>")
    assert "En retard" not in _page(cast.stranger)
    client = _client(cast.admin)
    answer = client.post(reverse("reply_read", args=[reply.pk]), {FIELD: "one"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("texts"))
    body = client.get(reverse("texts")).content.decode()
    assert ("En retard" in body, "the reply is dealt with" in body) == (False, True)


def test_what_was_told_by_telephone_is_noted_once(cast: Cast) -> None:
    seat = _seat(cast.ours, cast.hamel)
    row(seat, TextState.FAILED, Step.SUMMONS, problem="30005", sent_at=NOW - timedelta(hours=1))
    client = _client(cast.admin)
    for _twice in range(2):
        sent = {FIELD: "same", "comment": "call"}
        answer = client.post(reverse("told", args=[seat.pk]), sent, follow=True)
    assert "Noted: told by telephone." in answer.content.decode()
    summons = Text.objects.filter(step=Step.SUMMONS)
    assert list(summons.values_list("state", "how")) == [("by_hand", "call")]
    assert JournalEntry.objects.filter(verb="told_by_hand").count() == 1
    assert 'id="non-remis"' not in _page(cast.admin)


def test_nobody_notes_anything_about_what_they_cannot_see(cast: Cast) -> None:
    seat = _seat(cast.ours, cast.hamel)
    row(seat, TextState.FAILED, Step.SUMMONS, sent_at=NOW)
    client, told = _client(cast.stranger), reverse("told", args=[seat.pk])
    assert client.post(told, {"comment": "call"}).status_code == 404
    assert _client(cast.admin).post(told, {"comment": "shout"}).status_code == 404
    read = reverse("reply_read", args=[_reply(seat).pk])
    assert client.post(read).status_code == 404
    assert not Reply.objects.filter(read_at__isnull=False).exists()
    assert set(Text.objects.values_list("state", flat=True)) == {"failed"}


def test_a_form_without_its_token_changes_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.coordinator)
    assert client.post(reverse("texts_pause")).status_code == 403
    assert not Sending.objects.filter(paused_at__isnull=False).exists()


def test_after_a_form_one_is_back_where_one_was(cast: Cast) -> None:
    reply = _reply(_seat(cast.ours, cast.hamel))
    page = "http://testserver/textes/?partenaire=le-relais"
    client = _client(cast.coordinator)
    answer = client.post(reverse("reply_read", args=[reply.pk]), headers={"referer": page})
    assert answer["Location"] == page


def test_the_coordination_pauses_and_everybody_reads_it(cast: Cast) -> None:
    client = _client(cast.coordinator)
    body = client.post(reverse("texts_pause"), {FIELD: "a"}, follow=True).content.decode()
    assert f"{cast.coordinator} stopped them at 10:00. Nothing leaves." in _bare(body)
    assert "Nothing leaves." in _page(cast.admin)
    today = _client(cast.admin).get(reverse("today")).content.decode()
    assert "Nothing leaves." in today
    assert reverse("texts_resume") not in _page(cast.admin)
    client.post(reverse("texts_resume"), {FIELD: "b"})
    assert "Nothing leaves." not in _page(cast.admin)


def test_an_alert_stands_above_everything(cast: Cast) -> None:
    Alert.objects.create(kind="refused", began_at=NOW, facts={"code": "20003"})
    for user in (cast.admin, cast.coordinator):
        assert "The provider has refused our texts" in _page(user)
    led = _client(cast.doctor).get(reverse("today")).content.decode()
    assert "The provider has refused" not in led


def test_tomorrow_says_how_many_leave_when_and_that_they_were_checked(cast: Cast) -> None:
    for person in (cast.hamel, None):
        seat = _seat(cast.ours, person)
        row(seat, TextState.PLANNED, due_at=paris("2026-03-17 09:00"))
    body = _page(cast.admin)
    assert "2 reminders will leave at 9:00 All checked" in _part(body, 'class="facts"', "</aside>")
    today = _client(cast.admin).get(reverse("today")).content.decode()
    assert _part(today, 'class="tomorrow"', "</section>").endswith(
        "Tomorrow 2 reminders will leave at 9:00 · all checked"
    )
    Participant.objects.filter(pk=cast.hamel.pk).update(texts_refused=True)
    assert "1 will not leave as things stand" in _bare(_page(cast.admin))


def test_a_body_is_shown_with_its_life_and_not_after_it_was_erased(cast: Cast) -> None:
    seat = _seat(cast.ours, cast.hamel)
    text = row(seat, TextState.DELIVERED, sent_at=NOW, ended_at=NOW)
    words = {"body": "Vous avez RDV mercredi", "to": "+33639980072", "sender": "INFO RDV"}
    Text.objects.filter(pk=text.pk).update(segments=1, **words)
    said = _part(_page(cast.admin), 'class="sent"', "</ol>")
    assert "Delivered at 10:00 Its words Vous avez RDV mercredi" in said
    assert "To 06 39 98 00 72, from INFO RDV · 1 segment" in said
    Text.objects.filter(pk=text.pk).update(body="", to="", erased_at=NOW)
    said = _part(_page(cast.admin), 'class="sent"', "</ol>")
    assert said.endswith("Words and number erased on 16 March")


@pytest.mark.parametrize("query", ["?etat=nothing", "?jour=x", "?page=0", "?page=x", "?personne=x"])
def test_a_search_that_makes_no_sense_is_still_a_page(cast: Cast, query: str) -> None:
    _page(cast.admin, query)


def test_the_coordination_may_keep_to_one_partner(cast: Cast) -> None:
    for partner in (cast.ours, cast.theirs):
        row(_seat(partner), TextState.FAILED, Step.SUMMONS, sent_at=NOW)
    both = _page(cast.coordinator)
    one = _page(cast.coordinator, "?partenaire=la-passerelle")
    assert [page.count('class="call reach"') for page in (both, one)] == [2, 1]
    assert _client(cast.admin).get("/textes/?partenaire=la-passerelle").status_code == 404


def test_a_persons_page_has_the_texts_of_the_seats_one_may_see(cast: Cast) -> None:
    here = row(_seat(cast.ours, cast.hamel), TextState.SENT, sent_at=NOW)
    elsewhere = _seat(cast.theirs, cast.hamel, "2026-03-19 18:00")
    there = row(elsewhere, TextState.SENT, sent_at=NOW)
    address = reverse("person_texts", args=[cast.hamel.reference.lower()])

    def shown(user: User) -> set[int]:
        body = _client(user).get(address).content.decode()
        return {one.pk for one in (here, there) if f'id="place-{one.seat_id}"' in body}

    assert shown(cast.admin) == {here.pk}
    assert shown(cast.stranger) == {there.pk}
    assert shown(cast.coordinator) == {here.pk, there.pk}
    assert _client(cast.doctor).get(address).status_code == 404


def test_the_session_says_what_became_of_the_last_text(cast: Cast) -> None:
    seat = _seat(cast.ours, cast.hamel)
    session = reverse("session", args=[seat.session_id])
    assert 'class="plan-text"' not in _client(cast.admin).get(session).content.decode()
    row(seat, TextState.DELIVERED, Step.SUMMONS, sent_at=NOW, ended_at=NOW)
    body = _client(cast.admin).get(session).content.decode()
    assert _part(body, 'class="plan-text"', "</td>").endswith("Delivered at 10:00")


def _one_of_everything(cast: Cast) -> None:
    failed, planned, told, silent = (_seat(cast.ours) for _n in range(4))
    row(failed, TextState.FAILED, Step.SUMMONS, sent_at=NOW)
    row(planned, TextState.PLANNED, due_at=paris("2026-03-17 09:00"))
    row(told, TextState.BY_HAND, Step.SUMMONS, how="call", sent_at=NOW, told=[], told_by=cast.admin)
    Participant.objects.filter(pk=silent.participant_id).update(texts_refused=True)
    _reply(failed)


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(rows):
        _one_of_everything(cast)
    client = _client(cast.admin)
    # Session, account, memberships, partners; texts that did not arrive, today and tomorrow, alerts,
    # whether anything leaves, replies; who was told by a human and their texts, to whom it was
    # cancelled since, who is to be called; recent texts, the tally.
    with django_assert_num_queries(15):
        client.get(reverse("texts"))
    person = Text.objects.filter(state="failed")[0].seat.participant
    # Session, account, memberships; the person, their texts.
    with django_assert_num_queries(5):
        client.get(reverse("person_texts", args=[person.reference]))


def test_the_page_is_not_kept_by_browsers(cast: Cast) -> None:
    for address in (reverse("texts"), reverse("person_texts", args=[cast.hamel.reference])):
        assert "no-store" in _client(cast.admin).get(address)["Cache-Control"]
