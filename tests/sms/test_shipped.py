"""The words that come with Jalon, in six languages."""

from __future__ import annotations

import itertools

import pytest

from booking.models import Participant, Partner, Seat, Session, Venue
from booking.models.language import Language
from sms import samples, shipped, wording
from sms.gsm import measure, septets
from sms.kinds import Kind
from sms.models import Manner, ReviewedWording, Step
from sms.words import Picked, Words
from tests.factories import paris

US = Partner(pk=1, phone="01 23 45 67 89")
LILAS = Venue(pk=1, street="12 rue des Lilas", city="Pontoise", room="salle 2")


def render(kind: Kind, language: str, manner: Manner = Manner.PLAIN) -> str:
    picked = Picked(shipped.default(kind, manner, language), language, own=False)
    return wording.say(kind, picked, samples.scene(kind, language, partner=US, venue=LILAS))


def leaves(language: str, *reviewed: ReviewedWording) -> wording.Rendered:
    session = Session(
        partner=US,
        venue=LILAS,
        starts_at=paris("2026-04-14 18:00"),
        ends_at=paris("2026-04-14 20:00"),
    )
    seat = Seat(session=session, participant=Participant(language=language))
    now = paris("2026-04-13 09:00")
    words = Words(reviewed=reviewed)
    return wording.render(Step.DAY1, seat, sittings=[session], now=now, words=words)


def reviewed(language: str, digest: str = "") -> ReviewedWording:
    body = shipped.default(Kind.DAY1, Manner.VOLUNTEER, language)
    values = {"kind": Kind.DAY1, "manner": Manner.VOLUNTEER, "language": language}
    return ReviewedWording(digest=digest or shipped.digest(body), **values)


def test_every_kind_and_manner_has_words_in_every_language() -> None:
    there = {
        (kind, manner, language) for kind, manner, language, body in shipped.everything() if body
    }
    assert there == set(itertools.product(Kind, Manner, shipped.LANGUAGES))
    assert shipped.default(Kind.DAY1, Manner.PLAIN, Language.TAMIL) == ""
    assert set(Language) - set(shipped.LANGUAGES) == {Language.TAMIL}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Reminder: appointment tomorrow Wednesday 23 September at 18:00, 12 rue des Lilas, Pontoise. You must attend. Absences are reported. A problem? Call 01 23 45 67 89"),
        ("es", "Recordatorio: cita mañana miércoles 23 de septiembre a las 18:00, 12 rue des Lilas, Pontoise. Asistencia obligatoria, las ausencias se comunican. ¿Un problema? 01 23 45 67 89"),
        ("pt", "Lembrete: marcacao amanha quarta-feira 23 de setembro às 18:00, 12 rue des Lilas, Pontoise. Presenca obrigatoria, as faltas sao comunicadas. Um problema? 01 23 45 67 89"),
        ("ro", "Reamintire: programare maine miercuri 23 septembrie la 18:00, 12 rue des Lilas, Pontoise. Prezenta este obligatorie, absentele sunt semnalate. O problema? 01 23 45 67 89"),
    ],
)  # fmt: skip
def test_a_reminder_in_latin_letters(language: str, said: str) -> None:
    assert render(Kind.DAY1, language) == said


def test_a_reminder_in_arabic_keeps_its_letters() -> None:
    text = render(Kind.DAY1, "ar")
    mark = "\N{LEFT-TO-RIGHT MARK}"
    assert text == (
        f"تذكير: موعد غدا الأربعاء 23 سبتمبر الساعة 18:00، {mark}12 rue des Lilas, Pontoise{mark}. "
        f"الحضور إلزامي ويتم التبليغ عن الغياب. مشكلة؟ {mark}01 23 45 67 89{mark}"
    )
    assert measure(text).ucs2


@pytest.mark.parametrize("language", [one for one in shipped.LANGUAGES if one != "ar"])
def test_latin_languages_stay_within_the_alphabet(language: str) -> None:
    for kind, manner in itertools.product(Kind, Manner):
        text = render(kind, language, manner)
        assert all(map(septets, text))
        assert "?" not in text or "?" in shipped.default(kind, manner, language)
        assert measure(text).segments <= 2


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_every_variable_is_filled_and_the_number_always_there(language: str) -> None:
    for kind, manner in itertools.product(Kind, Manner):
        text = render(kind, language, manner)
        assert "{" not in text
        assert "01 23 45 67 89" in text
        assert ("Lilas" in text) <= (manner != Manner.DISCREET)


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_a_volunteer_is_told_no_duty(language: str) -> None:
    duty = {
        "fr": ("obligatoire", "signalée"),
        "en": ("must", "reported"),
        "ar": ("إلزامي", "التبليغ"),
        "pt": ("obrigatória", "comunicadas"),
        "ro": ("obligatorie", "semnalate"),
        "es": ("obligatoria", "comunican"),
    }[language]
    for kind in Kind:
        for manner in (Manner.VOLUNTEER, Manner.DISCREET):
            assert not any(word in shipped.default(kind, manner, language) for word in duty)
    for word in duty:
        assert word in shipped.default(Kind.DAY1, Manner.PLAIN, language)


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_house_style(language: str) -> None:
    """No exclamation, nothing left in brackets, no blank twice, and no stop after the number."""
    for kind, manner in itertools.product(Kind, Manner):
        body = shipped.default(kind, manner, language)
        assert not set("![]").intersection(body)
        assert "  " not in body
        assert body == body.strip()


def test_words_leave_only_once_reviewed_to_the_letter() -> None:
    assert leaves("ro").language == "fr"
    assert leaves("ro", reviewed("ro")).language == "ro"
    assert leaves("ro", reviewed("ro", digest="0" * 64)).language == "fr"
    assert leaves("ro", reviewed("es")).language == "fr"
    assert leaves("ta").language == "fr"


def test_words_fall_back_text_by_text() -> None:
    words = Words(reviewed=[reviewed("ro")])
    assert words.pick(1, Kind.DAY1, Manner.VOLUNTEER, "ro").language == "ro"
    assert words.pick(1, Kind.DAY1, Manner.PLAIN, "ro").language == "fr"
    assert words.pick(1, Kind.DAY7, Manner.VOLUNTEER, "ro").language == "fr"
