from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from booking.models import Participant, Partner, Referral, Seat, Session, Venue
from booking.models.person import Mandate
from sms import wording
from sms.gsm import segments
from sms.in_hand import Told
from sms.languages import speech
from sms.models import OwnWording, Step
from sms.words import Words
from tests.factories import paris

NOW = paris("2026-04-13 09:00")


def session(start: str = "2026-04-14 18:00", end: str = "", **fields: Any) -> Session:
    venue = Venue(pk=1, street="12 rue des Lilas", city="Pontoise", room="salle 2")
    partner = Partner(name="Le Relais", phone="01 23 45 67 89")
    ends_at = paris(end or f"{start[:10]} 20:00")
    values: dict[str, Any] = {"partner": partner, "venue": venue, "ends_at": ends_at, **fields}
    return Session(starts_at=paris(start), **values)


def say(
    step: Step,
    *sittings: Session,
    mandate: Mandate | None = Mandate.PROBATION,
    shared: bool = False,
    was: wording.Was = None,
    until: datetime | None = None,
) -> str:
    sat = sittings or (session(),)
    seat = Seat(
        session=sat[0],
        participant=Participant(phone_shared=shared),
        referral=Referral(mandate=mandate) if mandate else None,
    )
    return wording.render(
        step, seat, sittings=sat, now=NOW, words=Words(), was=was, until=until
    ).body


def test_a_summons() -> None:
    assert say(Step.SUMMONS) == (
        "Vous avez RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise (salle 2). Présence "
        "obligatoire. Apportez une pièce d'identité. Un problème ? 01 23 45 67 89"
    )


def test_a_reminder_a_week_before() -> None:
    assert say(Step.DAY7) == (
        "Rappel : RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise. Prévoyez votre trajet "
        "et prévenez votre employeur. Un problème ? 01 23 45 67 89"
    )


def test_a_reminder_the_day_before() -> None:
    assert say(Step.DAY1) == (
        "Rappel : RDV demain mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise. Présence "
        "obligatoire, une absence est signalée. Un problème ? 01 23 45 67 89"
    )


def test_a_reminder_held_up_overnight_does_not_say_tomorrow() -> None:
    assert say(Step.DAY1, session("2026-04-13 18:00")).startswith(
        "Rappel : RDV aujourd'hui lundi 13 avril à 18h00, "
    )


def test_a_cancellation() -> None:
    assert say(Step.CANCELLED) == (
        "ANNULÉ : votre RDV du mardi 14 avril à 18h00 n'a pas lieu. Ne venez pas. Nous vous "
        "donnerons une autre date. Infos : 01 23 45 67 89"
    )


TUESDAY = Told(paris("2026-04-14 18:00"), 1)
PARK = Venue(pk=2, street="3 place du Parc", city="Cergy", room="salle 4")


@pytest.mark.parametrize(
    ("start", "venue", "said", "discreetly"),
    [
        (
            "2026-04-14 18:00",
            PARK,
            "votre RDV du mardi 14 avril à 18h00 a lieu au 3 place du Parc, Cergy (salle 4).",
            "votre RDV du mardi 14 avril à 18h00 change de lieu.",
        ),
        (
            "2026-04-14 18:00",
            Venue(pk=2, street="Maison des Lilas", city="Cergy"),
            "votre RDV du mardi 14 avril à 18h00 a lieu ici : Maison des Lilas, Cergy.",
            "votre RDV du mardi 14 avril à 18h00 change de lieu.",
        ),
        (
            "2026-04-16 14:00",
            None,
            (
                "votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00, "
                "12 rue des Lilas, Pontoise."
            ),
            "votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00.",
        ),
        (
            "2026-04-16 14:00",
            PARK,
            (
                "votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00, "
                "3 place du Parc, Cergy (salle 4)."
            ),
            "votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00.",
        ),
    ],
)
def test_a_change(start: str, venue: Venue | None, said: str, discreetly: str) -> None:
    moved = session(start, venue=venue) if venue else session(start)
    for shared, body in ((False, said), (True, discreetly)):
        text = say(Step.CHANGED, moved, was=TUESDAY, shared=shared)
        assert text == f"CHANGEMENT : {body} Infos : 01 23 45 67 89"
        assert segments(text) == 1


@pytest.mark.parametrize("was", [None, Told(None, None)])
def test_a_change_from_an_hour_that_is_not_known_gives_the_new_one(was: Told | None) -> None:
    assert say(Step.CHANGED, was=was) == (
        "CHANGEMENT : votre RDV a lieu le mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise "
        "(salle 2). Infos : 01 23 45 67 89"
    )
    assert say(Step.CHANGED, was=was, shared=True) == (
        "CHANGEMENT : votre RDV a lieu le mardi 14 avril à 18h00. Infos : 01 23 45 67 89"
    )


def test_the_longest_dates_and_a_long_street_are_one_text() -> None:
    hay = Venue(pk=1, street="48 boulevard Jean Jaurès", city="L'Haÿ-les-Roses", room="salle 12")
    told = Told(paris("2026-09-23 18:00"), 1)
    text = say(Step.CHANGED, session("2026-09-16 14:00", venue=hay), was=told)
    assert text.startswith("CHANGEMENT : RDV du mercredi 23 septembre à 18h00 déplacé au mercredi ")
    assert segments(text) == 1


def test_a_cancellation_names_the_hour_in_hand() -> None:
    text = say(Step.CANCELLED, session("2026-04-16 14:00"), was=TUESDAY)
    assert text.startswith("ANNULÉ : votre RDV du mardi 14 avril à 18h00 n'a pas lieu.")


@pytest.mark.parametrize("mandate", [Mandate.VOLUNTEER, None])
def test_a_volunteer_is_neither_bound_nor_reported(mandate: Mandate | None) -> None:
    assert say(Step.SUMMONS, mandate=mandate) == (
        "Vous avez RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise (salle 2). "
        "Apportez une pièce d'identité. Un problème ? 01 23 45 67 89"
    )
    assert say(Step.DAY1, mandate=mandate) == (
        "Rappel : RDV demain mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise. "
        "Un problème ? 01 23 45 67 89"
    )


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step.SUMMONS, "Vous avez RDV mardi 14 avril à 18h00. Un problème ? 01 23 45 67 89"),
        (Step.DAY7, "Rappel : RDV mardi 14 avril à 18h00. Un problème ? 01 23 45 67 89"),
        (Step.DAY1, "Rappel : RDV demain mardi 14 avril à 18h00. Un problème ? 01 23 45 67 89"),
    ],
)
def test_a_shared_phone_hears_no_place(step: Step, text: str) -> None:
    assert say(step, shared=True) == text


def two_days(**fields: Any) -> tuple[Session, Session]:
    return (
        session("2026-04-16 09:00", "2026-04-16 16:00"),
        session("2026-04-17 09:00", "2026-04-17 16:00", **fields),
    )


def test_two_days_are_said_in_full() -> None:
    assert say(Step.SUMMONS, *two_days()) == (
        "RDV jeudi 16 ET vendredi 17 avril, 9h00 à 16h00, 12 rue des Lilas, Pontoise. Venez les "
        "2 jours, à l'heure. Pièce d'identité. Un problème ? 01 23 45 67 89"
    )
    assert say(Step.SUMMONS, *two_days(), shared=True) == (
        "Vous avez RDV jeudi 16 ET vendredi 17 avril, 9h00 à 16h00. Un problème ? 01 23 45 67 89"
    )


def test_two_days_of_two_months_name_both() -> None:
    days = (session("2026-04-30 09:00"), session("2026-05-01 09:00"))
    assert say(Step.SUMMONS, *days).startswith("RDV jeudi 30 avril ET vendredi 1er mai, 9h00 à 20h")


def weeks(count: int, **fields: Any) -> list[Session]:
    first = paris("2026-04-14 18:00")
    days = [first + timedelta(days=7 * n) for n in range(count)]
    return [session(f"{day:%Y-%m-%d %H:%M}", **fields) for day in days]


def test_a_course_lists_its_days() -> None:
    assert say(Step.SUMMONS, *weeks(3)) == (
        "Vous avez 3 RDV : mardi 14, mardi 21 et mardi 28 avril à 18h00, 12 rue des Lilas, "
        "Pontoise. Présence obligatoire. Pièce d'identité. Un problème ? 01 23 45 67 89"
    )
    assert say(Step.SUMMONS, *weeks(4), shared=True) == (
        "Vous avez 4 RDV : mardi 14, mardi 21, mardi 28 avril et mardi 5 mai à 18h00. "
        "Un problème ? 01 23 45 67 89"
    )


def test_more_days_than_two_segments_hold_are_the_first_and_how_many() -> None:
    text = say(Step.SUMMONS, *weeks(20))
    assert text.startswith(
        "Vous avez 20 RDV : le premier mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise. "
    )
    assert "Chaque RDV vous sera rappelé." in text
    assert segments(text) == 2
    assert segments(say(Step.SUMMONS, *weeks(10))) == 2
    assert "mardi 16 juin" in say(Step.SUMMONS, *weeks(10))


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            {"venue": Venue(pk=2, street="3 place du Parc", city="Cergy")},
            (
                "jeudi 16 avril à 9h00, 12 rue des Lilas, Pontoise ; "
                "vendredi 17 avril à 9h00, 3 place du Parc, Cergy. "
            ),
        ),
        (
            {"start": "2026-04-17 14:00"},
            "jeudi 16 avril à 9h00 et vendredi 17 avril à 14h00, 12 rue des Lilas, Pontoise. ",
        ),
    ],
)
def test_two_days_elsewhere_or_at_another_hour_say_both(second: dict[str, Any], said: str) -> None:
    days = (session("2026-04-16 09:00"), session(**{"start": "2026-04-17 09:00", **second}))
    assert say(Step.SUMMONS, *days).startswith(f"Vous avez 2 RDV : {said}")


def test_dates_are_our_own_french_and_paris_time() -> None:
    assert speech("fr").when(paris("2026-08-01 09:05")) == "samedi 1er août à 9h05"
    assert "samedi 1er aout à 9h05" in say(Step.SUMMONS, session("2026-08-01 09:05"))
    assert speech("fr").when(paris("2026-12-31 23:30")) == "jeudi 31 décembre à 23h30"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step.SUMMONS, "Présence obligatoire. Pièce d'identité."),
        (Step.DAY7, "Prévenez votre employeur."),
        (Step.DAY1, "Présence obligatoire, absence signalée."),
    ],
)
def test_a_long_address_is_made_room_for(step: Step, said: str) -> None:
    street = "118 ter avenue du Lac" + ("" if step == Step.SUMMONS else " et des Coteaux")
    venue = Venue(pk=1, street=street, city="Pontoise", room="salle 2")
    text = say(step, session(venue=venue))
    assert f". {said} Un problème ? " in text
    assert segments(text) == 1


def test_what_no_shortening_saves_is_said_in_full() -> None:
    venue = Venue(pk=1, street="12 rue des Lilas " * 5, city="Pontoise", room="salle 2")
    text = say(Step.SUMMONS, session(venue=venue))
    assert "Apportez une pièce d'identité." in text
    assert segments(text) == 2


def same_day(**fields: Any) -> list[Session]:
    return [session("2026-04-14 09:00", **fields), session("2026-04-14 14:00", **fields)]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            Step.SUMMONS,
            (
                "Vous avez RDV mardi 14 avril à 9h00 et à 14h00, 12 rue des Lilas, Pontoise. "
                "Présence obligatoire. Apportez une pièce d'identité. Un problème ? 01 23 45 67 89"
            ),
        ),
        (
            Step.DAY7,
            (
                "Rappel : RDV mardi 14 avril à 9h00 et à 14h00, 12 rue des Lilas, Pontoise. Prévoyez "
                "votre trajet et prévenez votre employeur. Un problème ? 01 23 45 67 89"
            ),
        ),
        (
            Step.DAY1,
            (
                "Rappel : RDV demain mardi 14 avril à 9h00 et à 14h00, 12 rue des Lilas, Pontoise. "
                "Présence obligatoire, une absence est signalée. Un problème ? 01 23 45 67 89"
            ),
        ),
        (
            Step.CHANGED,
            (
                "CHANGEMENT : vos RDV ont lieu le mardi 14 avril à 9h00 et à 14h00, 12 rue des Lilas, "
                "Pontoise. Infos : 01 23 45 67 89"
            ),
        ),
    ],
)
def test_two_times_of_one_day_are_one_text(step: Step, said: str) -> None:
    assert say(step, *same_day()) == said
    assert say(step, *reversed(same_day())) == said


def test_two_places_of_one_day_are_both_said() -> None:
    morning, afternoon = same_day()
    afternoon.venue = PARK
    assert say(Step.DAY1, morning, afternoon).startswith(
        "Rappel : RDV demain mardi 14 avril à 9h00, 12 rue des Lilas, Pontoise ; "
        "mardi 14 avril à 14h00, 3 place du Parc, Cergy. "
    )


def test_two_cancelled_times_of_one_day_are_those_in_hand() -> None:
    was = (Told(paris("2026-04-14 08:00"), 1), None)
    assert say(Step.CANCELLED, *same_day(), was=was) == (
        "ANNULÉ : vos RDV du mardi 14 avril à 8h00 et à 14h00 n'ont pas lieu. Ne venez pas. Nous vous "
        "donnerons une autre date. Infos : 01 23 45 67 89"
    )


def test_a_reminder_some_hours_before() -> None:
    assert say(Step.HOURS3, session("2026-04-13 18:00")) == (
        "RDV aujourd'hui lundi 13 avril à 18h00, 12 rue des Lilas, Pontoise. "
        "Un problème ? 01 23 45 67 89"
    )


def test_a_missed_appointment() -> None:
    assert say(Step.MISSED) == (
        "Vous avez manqué votre RDV du mardi 14 avril à 18h00. Appelez vite le 01 23 45 67 89 pour "
        "fixer une autre date."
    )


@pytest.mark.parametrize("shared", [False, True])
def test_a_place_that_is_offered(shared: bool) -> None:
    place = "" if shared else ", 12 rue des Lilas, Pontoise"
    assert say(Step.OFFER, shared=shared, until=paris("2026-04-10 12:00")) == (
        f"Une place est libre : RDV mardi 14 avril à 18h00{place}. Appelez le 01 23 45 67 89 avant le "
        "vendredi 10 avril à 12h00 pour la prendre."
    )


def test_a_course_that_is_offered() -> None:
    assert say(Step.OFFER, *two_days(), until=paris("2026-04-10 12:00")) == (
        "Place libre : 2 RDV, jeudi 16 et vendredi 17 avril à 9h00, 12 rue des Lilas, "
        "Pontoise. Pour la prendre : 01 23 45 67 89 avant le vendredi 10 avril à 12h00."
    )


@pytest.mark.parametrize("shared", [False, True])
def test_an_answer_says_nothing_but_whom_to_call(shared: bool) -> None:
    assert say(Step.ANSWER, shared=shared) == (
        "Votre message est arrivé. Il peut être lu tard. Pour une réponse, appelez le 01 23 45 67 89."
    ).replace("ê", "e")


@pytest.mark.parametrize("step", list(Step))
def test_every_default_text_is_one_segment(step: Step) -> None:
    """The weeks of a course are a summons or an offer: those may list into a second one."""
    many = [weeks(3)] if step == Step.SUMMONS else []
    together = [two_days()] if step in {Step.SUMMONS, Step.OFFER} else []
    for sittings in ([session()], same_day(), *together, *many):
        assert segments(say(step, *sittings)) == 1


def test_own_words_are_said_as_they_are_written() -> None:
    """Shorter words are the shipped ones' own; a partner chose its words."""
    body = "RDV {quand}, {lieu}. Apportez une pièce d'identité. Un problème ? {tel}" + " Merci." * 9
    values = {"kind": "summons", "manner": "plain", "language": "fr"}
    words = Words(own=[OwnWording(partner_id=1, body=body, **values)])
    one = session(partner=Partner(pk=1, phone="01 23 45 67 89"))
    seat = Seat(
        session=one, participant=Participant(), referral=Referral(mandate=Mandate.PROBATION)
    )
    said = wording.render(Step.SUMMONS, seat, sittings=[one], now=NOW, words=words)
    assert "Apportez une pièce d'identité." in said.body
    assert segments(said.body) == 2
