from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import access, actions
from booking.errors import Invalid, KeyReused, NotAllowed
from booking.models import Answered, HiddenFrom, Participant, Referrer, User
from booking.models.partner import ServiceFamily
from booking.models.person import ReferrerKind
from booking.models.staff import Role
from booking.once import KEPT, forget_answers, once
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    referrer: Referrer
    others: tuple[Referrer, ...]
    kind: ReferrerKind
    at: datetime
    on: date
    note: str | None = None


def _referrer(name: str) -> Referrer:
    return Referrer.objects.create(name=name, kind=ReferrerKind.COURT)


@once
def make(*, by: access.Actor, now: datetime, name: str, key: str = "") -> Referrer:
    return _referrer(f"{name} {Referrer.objects.count()}")


@once
def make_many(*, by: access.Actor, now: datetime, key: str = "") -> Made:
    made, *others = [_referrer(name) for name in "abc"]
    return Made(made, tuple(others), ReferrerKind.COURT, NOON, NOON.date())


@once
def take(
    *,
    by: access.Actor,
    now: datetime,
    people: Iterable[Participant] = (),
    day: date | None = None,
    at: datetime | time | None = None,
    lasts: timedelta = timedelta(hours=1),
    family: ServiceFamily = ServiceFamily.GROUP,
    anyway: bool = False,
    key: str = "",
) -> list[int]:
    return [Referrer.objects.count(), len([_referrer(one.reference) for one in people])]


@once
def nothing(*, by: access.Actor, now: datetime, key: str = "") -> None:
    _referrer("only once")


@once
def fail(*, by: access.Actor, now: datetime, error: str, key: str = "") -> Referrer:
    made = _referrer("half")
    if error:
        raise {"refused": NotAllowed, "crashed": ZeroDivisionError}[error]
    return made


def test_the_same_key_and_content_has_one_effect_and_one_answer() -> None:
    first = make(by=None, now=NOON, name="court", key="k")
    again = make(by=None, now=NOON + timedelta(hours=1), name="court", key="k")
    assert (first, Referrer.objects.count(), Answered.objects.count()) == (again, 1, 1)


def test_the_answer_is_read_again_as_it_is_now() -> None:
    make(by=None, now=NOON, name="court", key="k")
    Referrer.objects.update(name="renamed")
    assert make(by=None, now=NOON, name="court", key="k").name == "renamed"


def test_other_content_under_the_same_key_is_refused() -> None:
    make(by=None, now=NOON, name="court", key="k")
    with pytest.raises(KeyReused):
        make(by=None, now=NOON, name="other", key="k")
    with pytest.raises(KeyReused):
        nothing(by=None, now=NOON, key="k")
    assert Referrer.objects.count() == 1


def test_the_key_of_somebody_else_is_another_key(cast: Cast) -> None:
    for actor in (None, cast.admin, cast.coordinator):
        make(by=actor, now=NOON, name="court", key="k")
    assert Referrer.objects.count() == 3


def test_without_a_key_nothing_is_remembered_and_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as queries:
        make(by=None, now=NOON, name="court")
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "INSERT"]
    assert not Answered.objects.exists()


@pytest.mark.parametrize(
    ("error", "raised"), [("refused", NotAllowed), ("crashed", ZeroDivisionError)]
)
def test_a_first_try_that_failed_does_not_block(error: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        fail(by=None, now=NOON, error=error, key="k")
    assert not Answered.objects.exists()
    fail(by=None, now=NOON, error="", key="k")
    assert (Referrer.objects.count(), Answered.objects.count()) == (1, 1)


@pytest.mark.parametrize("key", ["a b", "é", "x" * 65, "k\n", "../k"])
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        make(by=None, now=NOON, name="court", key=key)
    assert not Referrer.objects.exists()


def test_the_longest_key_is_taken() -> None:
    assert make(by=None, now=NOON, name="court", key="x" * 64).name == "court 0"


def test_a_dataclass_of_rows_comes_back_equal() -> None:
    first = make_many(by=None, now=NOON, key="k")
    again = make_many(by=None, now=NOON, key="k")
    assert (again, type(again.kind), Referrer.objects.count()) == (first, ReferrerKind, 3)


def test_no_answer_is_an_answer_too() -> None:
    nothing(by=None, now=NOON, key="k")
    nothing(by=None, now=NOON, key="k")
    assert Referrer.objects.count() == 1


def test_a_default_given_and_left_out_are_the_same(cast: Cast) -> None:
    first = take(by=None, now=NOON, key="k")
    assert take(by=None, now=NOON, lasts=timedelta(minutes=60), people=[], key="k") == first


def test_rows_in_any_order_and_any_collection_are_the_same(cast: Cast) -> None:
    pair = [cast.hamel, factories.participant()]
    first = take(by=None, now=NOON, people=(one for one in pair), key="k")
    assert first == [0, 2]
    everybody = Participant.objects.order_by("-pk")
    assert take(by=None, now=NOON, people=everybody, key="k") == first
    assert take(by=None, now=NOON, people={*pair}, key="k") == first


def test_one_instant_in_two_zones_is_the_same() -> None:
    take(by=None, now=NOON, at=NOON, key="k")
    assert take(by=None, now=NOON, at=timezone.localtime(NOON), key="k") == [0, 0]


@pytest.mark.parametrize(
    "other",
    [
        {"at": NOON + timedelta(microseconds=1)},
        {"at": time(11)},
        {"day": NOON.date()},
        {"lasts": timedelta(hours=2)},
        {"family": ServiceFamily.COURSE},
        {"anyway": True},
    ],
)
def test_each_kind_of_argument_counts(other: dict[str, object]) -> None:
    take(by=None, now=NOON, at=NOON, key="k")
    with pytest.raises(KeyReused):
        take(by=None, now=NOON, key="k", **{"at": NOON, **other})  # type: ignore[arg-type]


def test_a_row_that_is_not_saved_is_no_content() -> None:
    with pytest.raises(ValueError, match="not saved"):
        take(by=None, now=NOON, people=[Participant()], key="k")


def test_an_answer_that_is_gone_is_said() -> None:
    make(by=None, now=NOON, name="court", key="k")
    Referrer.objects.all().delete()
    with pytest.raises(KeyReused, match=r"plus|gone"):
        make(by=None, now=NOON, name="court", key="k")


def test_neither_content_nor_password_can_be_read_from_the_row(cast: Cast) -> None:
    for word in ("first password", "second password"):
        actions.add_member(
            by=None,
            now=NOON,
            email="new@jalon.example",
            name="Nadia Petit",
            role=Role.COORDINATOR,
            password=word,
            key="k",
        )
    [row] = Answered.objects.values_list("answer", flat=True)
    user = User.objects.get(email="new@jalon.example")
    assert row == {"answer": {"row": "booking.User", "pk": user.pk}}
    assert user.check_password("first password")


def test_answers_are_forgotten_after_a_week() -> None:
    make(by=None, now=NOON, name="court", key="k")
    make(by=None, now=NOON + timedelta(seconds=1), name="court", key="l")
    assert forget_answers(NOON + KEPT + timedelta(seconds=1)) == 1
    assert [row.key for row in Answered.objects.all()] == ["l"]


def test_an_action_takes_a_key(cast: Cast) -> None:
    for _ in range(2):
        actions.add_practitioner(
            by=cast.admin, now=NOON, partner=cast.ours, name="Dr Petit", key="k"
        )
    assert cast.ours.practitioners.filter(name="Dr Petit").count() == 1


def _register(by: User) -> Participant:
    return actions.register_participant(
        by=by,
        now=timezone.now(),
        last_name="Neuf",
        first_name="Paul",
        birth_date=date(1990, 1, 1),
        key="k",
    )


@once
def find(*, by: access.Actor, now: datetime, key: str = "") -> tuple[list[Participant], int]:
    return list(Participant.objects.order_by("pk")), 1


def test_an_account_that_was_closed_gets_no_answer_again(cast: Cast) -> None:
    make(by=cast.admin, now=NOON, name="court", key="k")
    assert make(by=cast.admin, now=NOON, name="court", key="k").name == "court 0"
    cast.admin.is_active = False
    cast.admin.save()
    with pytest.raises(NotAllowed):
        make(by=cast.admin, now=NOON, name="court", key="k")


def test_an_account_without_a_membership_gets_no_answer_again(cast: Cast) -> None:
    make(by=cast.admin, now=NOON, name="court", key="k")
    cast.admin.memberships.all().delete()
    with pytest.raises(NotAllowed):
        make(by=cast.admin, now=NOON, name="court", key="k")


def test_a_person_who_may_not_be_opened_any_more_is_no_answer(cast: Cast) -> None:
    person = _register(cast.admin)
    assert _register(cast.admin) == person
    factories.referral(person, cast.theirs)
    with pytest.raises(NotAllowed):
        _register(cast.admin)


def test_an_answer_that_holds_somebody_hidden_is_none(cast: Cast) -> None:
    assert find(by=cast.admin, now=NOON, key="k") == find(by=cast.admin, now=NOON, key="k")
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    with pytest.raises(NotAllowed):
        find(by=cast.admin, now=NOON, key="k")
    assert find(by=None, now=NOON, key="k") == find(by=None, now=NOON, key="k")
