from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from booking.models import User
from sms import shipped
from sms.kinds import Kind
from sms.models import Manner, OwnWording, ReviewedWording
from sms.queries.wordings import preview
from tests.cast import Cast

pytestmark = pytest.mark.django_db
OURS = "Rappel RDV {demain} {quand}, {adresse}. Infos : {tel}"


def _client(user: User) -> Client:
    """In English: the words of the sources."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def _at(kind: str = "day1", manner: str = "plain", language: str = "fr") -> str:
    return reverse("wording", args=[kind, manner, language])


def _all(user: User, **asked: str) -> str:
    return _text(_client(user).get(reverse("wordings"), asked))


def _text(response: Any) -> str:
    return re.sub(r"[ \n]+", " ", response.content.decode())


def _post(user: User, address: str = "", *, live: bool = False, **sent: str) -> HttpResponse:
    headers = {"hx-request": "true"} if live else {}
    return _client(user).post(address or _at(), sent, headers=headers)  # type: ignore[return-value]


def _row(page: str, kind: Kind, manner: Manner, language: str = "fr") -> str:
    start = page.index(f'class="said-manner" href="{_at(kind, manner, language)}"')
    return page[start : page.index("</li>", start)]


def _preview_of(page: str) -> str:
    return page.split('<div id="preview" aria-live="polite">')[1].split(
        "</div> </section>", maxsplit=1
    )[0]


def _errors(page: str) -> list[str]:
    beside = page.split('id="id_body_error"> ')
    return re.findall(r"<p>([^<]+)</p>", beside[1].split("</div>")[0]) if len(beside) > 1 else []


def _save(user: User, body: str = OURS, **of: str) -> HttpResponse:
    return _post(user, _at(**of), body=body, faire="enregistrer")


def test_every_kind_and_manner_has_its_row(cast: Cast) -> None:
    page = _all(cast.admin)
    rows = re.findall(r'said-manner" href="([^"]+)"', page)
    assert sorted(rows) == sorted(_at(kind, manner) for kind in Kind for manner in Manner)
    assert page.count('class="step"') == 9


def test_what_stands_in_braces_is_set_apart(cast: Cast) -> None:
    row = _row(_all(cast.admin), Kind.MISSED, Manner.PLAIN)
    assert 'RDV du <code class="slot">{quand}</code>. Appelez' in row


def test_a_manner_without_words_of_its_own_is_as_the_plain_one(cast: Cast) -> None:
    row = _row(_all(cast.admin), Kind.MISSED, Manner.VOLUNTEER)
    assert "As the plain one" in row


def test_own_words_are_marked_and_those_whose_default_changed(cast: Cast) -> None:
    _save(cast.admin)
    row = _row(_all(cast.admin), Kind.DAY1, Manner.PLAIN)
    assert ("Your words" in row, "changed since" in row) == (True, False)
    OwnWording.objects.update(default_digest="another")
    page = _all(cast.admin)
    assert "The shipped words changed since" in _row(page, Kind.DAY1, Manner.PLAIN)
    assert "1 text in your own words" in page
    assert "The shipped words have changed" in _text(_client(cast.admin).get(_at()))


def test_another_partner_s_words_do_not_exist(cast: Cast) -> None:
    _save(cast.admin)
    assert "Your words" not in _all(cast.stranger)
    theirs = {"partenaire": cast.ours.slug}
    for address in (reverse("wordings"), _at()):
        assert _client(cast.stranger).get(address, theirs).status_code == 404
        assert _client(cast.coordinator).get(address, theirs).status_code == 200
    forged = f"{_at()}?partenaire={cast.ours.slug}"
    assert _post(cast.stranger, forged, body="x", faire="origine").status_code == 404
    assert OwnWording.objects.get().partner == cast.ours


def test_what_is_saved_is_what_was_previewed(cast: Cast) -> None:
    page = _text(_post(cast.admin, body=OURS))
    assert OwnWording.objects.count() == 0
    expected = preview(cast.ours, Kind.DAY1, Manner.PLAIN, "fr", OURS)
    for said in (page, _text(_follow(cast.admin, _save(cast.admin)))):
        assert re.findall(r'telephone-text"[^>]*>([^<]+)<', said) == [escape(expected.body)]
    assert OwnWording.objects.get().body == OURS


def _follow(user: User, response: HttpResponse) -> HttpResponse:
    assert response.status_code == 302
    return _client(user).get(response["Location"])  # type: ignore[return-value]


@pytest.mark.parametrize("body", [OURS, "Réunion à l’hôtel {adresse} {inconnu}", "", "x" * 900])
def test_the_swapped_part_is_the_part_of_the_page(cast: Cast, body: str) -> None:
    live, page = (_text(_post(cast.admin, body=body, live=on)) for on in (True, False))
    assert live.strip() == _preview_of(page).strip()
    assert "<html" not in live


def test_a_preview_tells_alphabet_length_and_price(cast: Cast) -> None:
    live = _text(_post(cast.admin, body=OURS, live=True))
    said = preview(cast.ours, Kind.DAY1, Manner.PLAIN, "fr", OURS)
    assert "1 text to pay for" in live
    assert f"{said.characters} characters" in live
    assert ("GSM-7" in live, "€0.07" in live) == (True, True)
    assert f"{said.left} characters more would fit" in live


def test_what_the_alphabet_does_not_have_is_shown_with_its_replacement(cast: Cast) -> None:
    live = _text(_post(cast.admin, body="Prêt ? " + OURS, live=True))
    assert "<code>ê</code> → <code>e</code>" in live


def test_arabic_is_told_as_an_alphabet_of_its_own(cast: Cast) -> None:
    page = _text(_client(cast.admin).get(_at(language="ar")))
    assert "UCS-2" in page
    assert re.search(r'<textarea[^>]* lang="ar"', page)
    assert 'dir="auto" lang="ar"' in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "Write the text."),
        ("RDV {quand}, {adresse}. Tribunal. {tel}", "Never “tribunal”"),
        ("RDV {quand}, {adresse}. {nom} {tel}", "{nom} is not known."),
        ("RDV {quand}, {adresse}.", "This is missing: {tel}."),
        ("RDV {quand}, {adresse} www.exemple.fr {tel}", "No link"),
        ("Dr Morel : RDV {quand}, {adresse} {tel}", "No name of anybody"),
    ],
)
def test_words_that_may_not_leave_are_refused_beside_the_field(
    cast: Cast, body: str, said: str
) -> None:
    response = _save(cast.admin, body)
    page = _text(response)
    assert (response.status_code, OwnWording.objects.count()) == (422, 0)
    [error] = [one for one in _errors(page) if escape(said) in one]
    # Above everything too, where the focus goes, and what was typed is still there.
    summary = page.split('class="wrong"')[1].split("</ul>")[0]
    assert f'<a href="#id_body">{error}</a>' in summary.replace("> ", ">").replace(" <", "<")
    assert " autofocus " in page
    typed = page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]
    assert typed.strip() == escape(body)
    assert "<title> Error: " in page


def test_braces_cannot_reach_into_a_row(cast: Cast) -> None:
    body = "{tel.__class__} {quand!r} {0} {adresse} {quand} {tel}"
    live = _text(_post(cast.admin, body=body, live=True))
    assert "To be corrected before it can be saved" in live
    assert "class &#x27;" not in live


def test_what_is_typed_is_never_read_as_a_page(cast: Cast) -> None:
    live = _text(_post(cast.admin, body="<script>alert(1)</script> {tel}", live=True))
    assert "<script>" not in live


def test_back_to_the_shipped_words(cast: Cast) -> None:
    _save(cast.admin)
    page = _text(_client(cast.admin).get(_at()))
    assert 'name="faire" value="origine"' in page
    response = _post(cast.admin, faire="origine")
    assert (response.status_code, OwnWording.objects.count()) == (302, 0)
    page = _text(_follow(cast.admin, response))
    assert escape(shipped.default("day1", "plain", "fr")) in page
    assert 'value="origine"' not in page


def test_a_translation_leaves_once_the_coordination_has_had_it_read(cast: Cast) -> None:
    address = _at(language="en")
    page = _text(_client(cast.coordinator).get(address, {"partenaire": cast.ours.slug}))
    read = re.search(r'name="lu" value="(\w+)"', page)
    assert read is not None
    assert 'value="relu"' not in _text(_client(cast.admin).get(address))
    assert _post(cast.admin, address, faire="relu", lu=read[1]).status_code == 404
    assert "To review" in _row(_all(cast.admin, langue="en"), Kind.DAY1, Manner.PLAIN, "en")
    assert _post(cast.coordinator, address, faire="relu", lu=read[1]).status_code == 302
    assert ReviewedWording.objects.get().reviewed_by == cast.coordinator
    assert "To review" not in _row(_all(cast.admin, langue="en"), Kind.DAY1, Manner.PLAIN, "en")


def test_other_words_than_those_read_are_not_reviewed(cast: Cast) -> None:
    address = _at(language="en")
    response = _post(cast.coordinator, address, faire="relu", lu="0" * 64)
    assert (response.status_code, ReviewedWording.objects.count()) == (422, 0)


def test_a_review_says_which_words_were_read(cast: Cast) -> None:
    address = _at(language="en")
    for response in (
        _post(cast.coordinator, address, faire="relu"),
        _post(cast.coordinator, address, faire="relu", lu=""),
    ):
        assert (response.status_code, ReviewedWording.objects.count()) == (422, 0)


def test_what_leaves_while_own_words_wait_is_said(cast: Cast) -> None:
    words = "Reminder: RDV {quand}, {adresse}. {tel}"
    sent, at = {"body": words, "faire": "enregistrer"}, _at(language="en")
    page = _text(_client(cast.admin).post(at, sent, follow=True))
    assert "until then the French text leaves" in page
    assert "Until then the French text leaves" in page
    _post(cast.coordinator, reverse("wordings") + "?langue=en")
    page = _text(_client(cast.admin).post(at, sent, follow=True))
    assert "until then the shipped ones leave" in page
    assert "Until then the shipped ones leave" in page
    assert "the shipped words leave instead where those were read" in _all(cast.admin, langue="en")


def test_a_partner_s_own_translation_is_reviewed_for_that_partner(cast: Cast) -> None:
    words = "Reminder: RDV {quand}, {adresse}. {tel}"
    sent = {"body": words, "faire": "enregistrer"}
    answer = _client(cast.admin).post(_at(language="en"), sent, follow=True)
    assert "The coordination reviews these words" in _text(answer)
    own = OwnWording.objects.get()
    address = f"{_at(language='en')}?partenaire={cast.ours.slug}"
    _post(cast.coordinator, address, faire="relu", lu=shipped.digest(words))
    own.refresh_from_db()
    assert (own.reviewed_by, ReviewedWording.objects.count()) == (cast.coordinator, 0)


def test_all_of_a_language_at_once(cast: Cast) -> None:
    address = reverse("wordings") + "?langue=ro"
    assert _post(cast.admin, address).status_code == 404
    response = _post(cast.coordinator, address)
    assert response.status_code == 302
    assert ReviewedWording.objects.filter(language="ro").count() == len(Kind) * len(Manner)
    assert "To review" not in _all(cast.admin, langue="ro")


def test_a_language_without_words_says_that_french_leaves(cast: Cast) -> None:
    page = _all(cast.admin, langue="ta")
    assert "There are no words in this language yet" in page
    assert page.count("No words: the French text leaves.") == len(Kind) * len(Manner)
    assert _client(cast.admin).get(_at(language="ta")).status_code == 200


def test_a_place_that_no_text_may_say_is_told(cast: Cast) -> None:
    cast.venue.street = "2 rue du Tribunal"
    cast.venue.save()
    page = _all(cast.admin)
    assert "Places that no text may say" in page
    assert "2 rue du Tribunal" in page


def test_htmx_writes_no_style_and_evaluates_nothing(cast: Cast) -> None:
    page = _text(_client(cast.admin).get(_at()))
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", page)
    assert config is not None
    assert '"includeIndicatorStyles": false' in config[1]
    assert '"allowEval": false' in config[1]


@pytest.mark.parametrize("written", [0, 3])
def test_as_many_queries_whatever_was_written(
    cast: Cast, written: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for kind in list(Kind)[:written]:
        shipped_words = shipped.default(kind, "plain", "fr")
        OwnWording.objects.create(
            partner=cast.ours,
            kind=kind,
            manner="plain",
            language="fr",
            body=f"Info. {shipped_words}",
            default_digest="x",
            changed_at=timezone.now(),
        )
    client = _client(cast.admin)
    # Session, account, memberships, partners; seven for the words; five for the places.
    with django_assert_num_queries(16):
        client.get(reverse("wordings"))
