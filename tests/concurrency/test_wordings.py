"""Two write the same words of a partner at once, one takes them back, one reviews them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sms import actions, shipped
from sms.models import OwnWording, ReviewedWording
from tests.cast import Cast
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def _which(n: int, language: str = "fr") -> dict[str, str]:
    kinds = ("summons", "day7", "day1", "hours3")
    manner = "discreet"
    return {"kind": kinds[n % len(kinds)], "manner": manner, "language": language}


def _write(cast: Cast, body: str, language: str = "fr") -> Runner:
    values = {"by": None, "now": timezone.now(), "partner": cast.ours, "body": body}
    return lambda n: actions.write_wording(**values, **_which(n, language))  # type: ignore[arg-type]


def test_two_write_at_once_and_there_is_one_row(cast: Cast, rounds: int) -> None:
    told = race(
        _write(cast, "RDV {quand}. Un souci ? {tel}"),
        _write(cast, "RDV {quand}. Une question ? {tel}"),
        rounds=rounds,
    )
    assert set(flat(told)) == {"done"}
    kept = OwnWording.objects.values_list("kind", flat=True)
    assert sorted(kept) == sorted({_which(n)["kind"] for n in range(rounds)})


def test_one_writes_and_one_takes_back(cast: Cast, rounds: int) -> None:
    def restore(n: int) -> object:
        now = timezone.now()
        return actions.restore_wording(by=None, now=now, partner=cast.ours, **_which(n))

    told = race(_write(cast, "RDV {quand}. Un souci ? {tel}"), restore, rounds=rounds)
    assert set(flat(told)) == {"done"}


def test_words_that_change_while_they_are_reviewed_are_not_reviewed(
    cast: Cast, rounds: int
) -> None:
    first, second = ("موعد {quand}. {tel}", "موعدك {quand}. {tel}")
    for n in range(min(rounds, 4)):
        _write(cast, first, "ar")(n)

    def review(n: int) -> object:
        return actions.review_wording(
            by=None,
            now=timezone.now(),
            partner=cast.ours,
            digest=shipped.digest(first),
            **_which(n, "ar"),
        )

    race(review, _write(cast, second, "ar"), rounds=rounds)
    assert not OwnWording.objects.filter(body=second, reviewed_at__isnull=False).exists()


def test_a_language_is_reviewed_by_two_at_once(cast: Cast, rounds: int) -> None:
    def review(_n: int) -> object:
        return actions.review_wording(by=None, now=timezone.now(), language="ro")

    assert set(flat(race(review, review, rounds=rounds))) == {"done"}
    assert ReviewedWording.objects.count() == len(list(shipped.everything("ro")))
