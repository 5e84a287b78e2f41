from __future__ import annotations

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, Spoken
from booking.models.journal import Verb
from booking.models.language import Language
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _spoken(cast: Cast) -> list[str]:
    spoken = Spoken.objects.filter(practitioner=cast.practitioner).order_by("language")
    return list(spoken.values_list("language", flat=True))


def _set(cast: Cast, *languages: Language) -> list[str]:
    actions.set_languages(
        by=cast.admin, now=timezone.now(), practitioner=cast.practitioner, languages=languages
    )
    return _spoken(cast)


def test_the_languages_are_those_that_are_said_and_no_others(cast: Cast) -> None:
    factories.practitioner(cast.ours).spoken.create(language=Language.SPANISH)
    assert _set(cast, Language.TAMIL, Language.ARABIC, Language.TAMIL) == ["ar", "ta"]
    assert _set(cast, Language.TAMIL, Language.ENGLISH) == ["en", "ta"]
    assert Spoken.objects.count() == 3
    last = JournalEntry.objects.first()
    assert last is not None
    assert (last.verb, last.partner, last.actor) == (
        *(Verb.LANGUAGES_CHANGED, cast.ours, cast.admin),
    )
    assert last.facts == {
        "practitioner": cast.practitioner.pk,
        "before": ["ar", "ta"],
        "after": ["en", "ta"],
    }


def test_french_goes_without_saying(cast: Cast) -> None:
    assert _set(cast, Language.FRENCH, Language.ARABIC) == ["ar"]
    assert _set(cast, Language.FRENCH) == []


def test_nothing_is_written_when_nothing_changes(cast: Cast) -> None:
    _set(cast, Language.ARABIC)
    kept = Spoken.objects.get()
    _set(cast, Language.ARABIC, Language.FRENCH)
    assert Spoken.objects.get() == kept
    assert JournalEntry.objects.filter(verb=Verb.LANGUAGES_CHANGED).count() == 1


def test_a_language_that_is_not_on_the_list_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        _set(cast, "kl")  # type: ignore[arg-type]
    assert _spoken(cast) == []


def test_the_coordination_and_the_partners_admin_say_it_and_nobody_else(cast: Cast) -> None:
    for account in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            actions.set_languages(
                by=account, now=timezone.now(), practitioner=cast.practitioner, languages=[]
            )
    actions.set_languages(
        by=cast.coordinator,
        now=timezone.now(),
        practitioner=cast.practitioner,
        languages=[Language.ROMANIAN],
    )
    assert _spoken(cast) == ["ro"]
