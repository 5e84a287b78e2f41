from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from booking.models import Participant
from sms import outcomes
from sms.models import Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=2)
ENDED = (TextState.DELIVERED, TextState.FAILED)


@pytest.fixture
def text(cast: Cast) -> Text:
    """Hamel's summons, handed over and taken by the provider."""
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    summons = seat.texts.get(step=Step.SUMMONS)
    leave(summons, state="sent", provider_id="SM1")
    return summons


def leave(text: Text, **fields: object) -> None:
    values = {"to": "+33639980072", "sent_at": NOW, **fields}
    Text.objects.filter(pk=text.pk).update(**values)


def hear(text: Text, state: str, provider_id: str = "SM1", code: str = "") -> bool:
    return outcomes.apply(
        text_id=text.pk,
        provider_id=provider_id,
        state=TextState(state),
        code=code,
        at=LATER,
        now=LATER,
    )


def known(text: Text) -> tuple[str, str, str]:
    text.refresh_from_db()
    return text.state, text.provider_id, text.problem


def test_delivered_says_when(text: Text) -> None:
    assert hear(text, "delivered")
    assert known(text) == ("delivered", "SM1", "")
    assert text.ended_at == LATER


@pytest.mark.parametrize("words", list(permutations(("sent", "delivered", "delivered", "sent"))))
def test_words_in_any_order_and_twice_end_the_same(text: Text, words: tuple[str, ...]) -> None:
    news = [hear(text, word) for word in words]
    assert (known(text)[0], sum(news)) == ("delivered", 1)


@pytest.mark.parametrize("words", list(permutations(("sent", "failed", "delivered"))))
def test_delivered_wins_over_failed(text: Text, words: tuple[str, ...]) -> None:
    for word in words:
        hear(text, word, code="30003" if word == "failed" else "")
    assert known(text) == ("delivered", "SM1", "")


def test_a_failure_keeps_its_code(text: Text) -> None:
    assert hear(text, "failed", code="30003")
    assert not hear(text, "sent")
    assert known(text) == ("failed", "SM1", "30003")
    assert text.ended_at == LATER


def test_a_failure_without_a_code_is_a_problem_too(text: Text) -> None:
    hear(text, "failed")
    assert known(text) == ("failed", "SM1", "undelivered")


@pytest.mark.parametrize("before", ["uncertain", "claimed", "planned"])
@pytest.mark.parametrize("word", ["sent", "delivered", "failed"])
def test_what_was_taken_for_lost_is_heard_of(text: Text, before: str, word: str) -> None:
    leave(text, state=before, provider_id="", problem="timeout")
    assert hear(text, word)
    assert known(text)[:2] == (word, "SM1")


@pytest.mark.parametrize("state", ["void", "expired", "by_hand"])
def test_what_ended_here_stays_ended_and_keeps_the_number(text: Text, state: str) -> None:
    leave(text, state=state, provider_id="", problem="late")
    assert not hear(text, "delivered")
    assert known(text) == (state, "SM1", "late")


@pytest.mark.parametrize("words", list(permutations((("failed", "SM1"), ("sent", "SM2")))))
def test_of_two_messages_the_one_that_got_further_counts(
    text: Text, words: tuple[tuple[str, str], ...]
) -> None:
    leave(text, state="uncertain", provider_id="")
    for word, provider_id in words:
        hear(text, word, provider_id)
    assert known(text)[0:2] == ("sent", "SM2")


def test_those_that_left_in_the_same_message_follow(cast: Cast, text: Text) -> None:
    other = book(cast, factories.session(cast.ours, paris("2026-04-14 10:00"))).texts.first()
    assert other is not None
    leave(other, state="sent", leader=text)
    assert hear(text, "failed", code="30003")
    assert known(other) == ("failed", "", "30003")
    assert hear(text, "delivered")
    assert known(other) == ("delivered", "", "")


def test_a_text_that_is_not_there_is_no_news() -> None:
    missing = Text(pk=1)
    assert not hear(missing, "delivered")


def test_whoever_opted_out_gets_no_more_texts(cast: Cast, text: Text) -> None:
    hear(text, "failed", code="21610")
    cast.hamel.refresh_from_db()
    assert cast.hamel.texts_refused
    assert set(Text.objects.exclude(pk=text.pk).values_list("state", flat=True)) == {"void"}
    assert known(text) == ("failed", "SM1", "21610")


def test_a_bad_number_is_noted(cast: Cast, text: Text) -> None:
    hear(text, "failed", code="30005")
    cast.hamel.refresh_from_db()
    assert (cast.hamel.phone_state, cast.hamel.texts_refused) == ("wrong", False)


def test_a_number_that_was_changed_since_is_not_blamed(cast: Cast, text: Text) -> None:
    Participant.objects.update(phone="+33639981111")
    hear(text, "failed", code="30005")
    cast.hamel.refresh_from_db()
    assert cast.hamel.phone_state == "confirmed"


def test_the_same_word_again_refuses_nothing_again(cast: Cast, text: Text) -> None:
    hear(text, "failed", code="21610")
    Participant.objects.update(texts_refused=False)
    hear(text, "failed", code="21610")
    cast.hamel.refresh_from_db()
    assert not cast.hamel.texts_refused


def test_two_words_at_once_lose_nothing(text: Text) -> None:
    """A word that read the row before another was written is weighed again under the lock."""
    stale = Text.objects.get(pk=text.pk)
    assert hear(text, "delivered")
    assert not outcomes._says_more(Text.objects.get(pk=stale.pk), "SM1", TextState.SENT)
    assert known(text)[0] == "delivered"
