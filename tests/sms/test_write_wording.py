"""A partner's own words: written, looked at by the coordination where nobody here reads them, and
taken back."""

from __future__ import annotations

from typing import Any

import pytest

from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, User
from sms import actions, shipped
from sms.kinds import Kind
from sms.models import Manner, OwnWording, ReviewedWording
from sms.words import words_for
from tests import factories
from tests.cast import Cast
from tests.sms.conftest import NOW

pytestmark = pytest.mark.django_db

FRENCH: dict[str, Any] = {"kind": "day1", "manner": "discreet", "language": "fr"}
ARABIC: dict[str, Any] = {**FRENCH, "language": "ar"}
WORDS = "RDV {demain} {quand}. Un souci ? {tel}"
IN_ARABIC = "موعد {demain} {quand}. {tel}"


def write(cast: Cast, body: str = WORDS, by: User | None = None, **which: Any) -> OwnWording | None:
    values = {"partner": cast.ours, **FRENCH, **which}
    return actions.write_wording(by=by or cast.admin, now=NOW, body=body, **values)


def restore(cast: Cast, by: User | None = None) -> None:
    actions.restore_wording(by=by or cast.admin, now=NOW, partner=cast.ours, **FRENCH)


def review(cast: Cast, by: User | None = None, **which: Any) -> int:
    return actions.review_wording(by=by or cast.coordinator, now=NOW, **{"language": "ar", **which})


def leaves(cast: Cast, language: str = "fr") -> str:
    words = words_for([cast.ours.pk])
    return words.pick(cast.ours.pk, Kind.DAY1, Manner.DISCREET, language).body


def journal() -> list[tuple[str, dict[str, Any]]]:
    return list(
        JournalEntry.objects.filter(verb__startswith="wording_")
        .order_by("pk")
        .values_list("verb", "facts")
    )


def test_own_words_leave_instead_of_the_shipped_ones(cast: Cast) -> None:
    own = write(cast, "  RDV  {demain}\n{quand}. Un souci ? {tel}")
    assert own is not None
    assert (own.body, own.changed_by, own.reviewed_at) == (WORDS, cast.admin, None)
    assert own.default_digest == shipped.digest(shipped.default(*FRENCH.values()))
    assert leaves(cast) == WORDS
    assert journal() == [("wording_changed", FRENCH)]


def test_the_same_words_again_are_nothing_new(cast: Cast) -> None:
    write(cast)
    write(cast)
    assert journal() == [("wording_changed", FRENCH)]


def test_the_shipped_words_written_again_are_no_own_words(cast: Cast) -> None:
    write(cast)
    assert write(cast, shipped.default(*FRENCH.values())) is None
    assert not OwnWording.objects.exists()
    assert journal() == [("wording_changed", FRENCH), ("wording_restored", FRENCH)]


def test_back_to_the_default_once(cast: Cast) -> None:
    write(cast)
    restore(cast)
    restore(cast)
    assert leaves(cast) == shipped.default(*FRENCH.values())
    assert journal() == [("wording_changed", FRENCH), ("wording_restored", FRENCH)]


def test_other_partners_keep_the_default(cast: Cast) -> None:
    write(cast)
    words = words_for([cast.ours.pk, cast.theirs.pk])
    theirs = words.pick(cast.theirs.pk, Kind.DAY1, Manner.DISCREET, "fr")
    assert theirs.body == shipped.default(*FRENCH.values())


@pytest.mark.parametrize("who", ["stranger", "doctor", "observer"])
def test_only_who_runs_the_partner_writes_its_words(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        write(cast, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        restore(cast, by=getattr(cast, who))


def test_words_with_a_fault_are_not_kept(cast: Cast) -> None:
    with pytest.raises(Invalid):
        write(cast, "RDV au tribunal {quand}. {tel}")
    assert not OwnWording.objects.exists()


@pytest.mark.parametrize("which", [{"kind": "none"}, {"manner": "loud"}, {"language": "xx"}])
def test_what_is_on_no_list_is_refused(cast: Cast, which: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        write(cast, **which)


def test_shipped_translations_leave_once_reviewed(cast: Cast) -> None:
    french, arabic = (shipped.default("day1", "discreet", one) for one in ("fr", "ar"))
    assert leaves(cast, "ar") == french
    assert review(cast, kind="day1", manner="discreet") == 1
    assert leaves(cast, "ar") == arabic
    assert review(cast) == len(Kind) * len(Manner) - 1
    assert review(cast) == 0
    assert [facts["count"] for _, facts in journal()] == [1, len(Kind) * len(Manner) - 1]


def test_a_review_lapses_with_the_words(cast: Cast) -> None:
    review(cast)
    ReviewedWording.objects.update(digest="0" * 64)
    assert leaves(cast, "ar") == shipped.default("day1", "discreet", "fr")
    assert review(cast, kind="day1", manner="discreet") == 1
    assert leaves(cast, "ar") == shipped.default("day1", "discreet", "ar")


def test_own_words_in_another_language_leave_once_reviewed(cast: Cast) -> None:
    write(cast, IN_ARABIC, **ARABIC)
    review(cast)  # The shipped ones.
    assert leaves(cast, "ar") == shipped.default("day1", "discreet", "ar")
    assert review(cast, partner=cast.ours, kind="day1", manner="discreet") == 1
    assert leaves(cast, "ar") == IN_ARABIC
    write(cast, IN_ARABIC.replace("موعد", "تذكير: موعد"), **ARABIC)
    assert leaves(cast, "ar") == shipped.default("day1", "discreet", "ar")


def test_words_that_were_changed_meanwhile_are_not_reviewed(cast: Cast) -> None:
    write(cast, IN_ARABIC, **ARABIC)
    one: dict[str, Any] = {"partner": cast.ours, "kind": "day1", "manner": "discreet"}
    with pytest.raises(Invalid):
        review(cast, digest=shipped.digest("other words"), **one)
    assert review(cast, digest=shipped.digest(IN_ARABIC), **one) == 1


@pytest.mark.parametrize("which", [{"language": "fr"}, {"language": "ta"}, {"kind": "day1"}])
def test_there_must_be_something_to_review(cast: Cast, which: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        review(cast, **which)


def test_only_the_coordination_reviews(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        review(cast, by=cast.admin)


def test_words_that_no_longer_fit_give_way_to_the_default(cast: Cast) -> None:
    """A variable of an earlier release: the text must still say when."""
    own = write(cast)
    assert own is not None
    OwnWording.objects.update(body="RDV {gone}. {tel}")
    assert leaves(cast) == shipped.default(*FRENCH.values())


def test_words_are_read_in_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    write(cast)
    for partners in ([cast.ours.pk], [factories.partner().pk for _ in range(3)]):
        with django_assert_num_queries(2):
            words_for(partners)
