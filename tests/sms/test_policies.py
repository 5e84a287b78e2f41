"""Each partner's own rules: who may choose them, within which bounds, and what follows."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks

from booking.actions import cancel_session
from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, Partner, Service
from booking.models.partner import ServiceFamily
from sms import actions, tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Text, TextPolicy, TextState
from sms.policies import network_rules, rules_for
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

EVENING = "2026-04-14 18:00"


def choose(cast: Cast, **chosen: Any) -> TextPolicy:
    values = {"by": cast.admin, "now": NOW, "partner": cast.ours, **chosen}
    return actions.set_text_policy(**values)


def planned() -> list[tuple[str, datetime]]:
    texts = Text.objects.filter(state=TextState.PLANNED).order_by("due_at", "pk")
    return [(text.step, text.due_at) for text in texts]


def test_without_a_choice_the_network_s_rules_count(cast: Cast) -> None:
    assert rules_for([cast.ours.pk]).of(cast.ours.pk) == network_rules()


def test_a_service_inherits_from_the_partner_and_the_partner_from_the_network(cast: Cast) -> None:
    course = factories.service(ServiceFamily.COURSE)
    choose(cast, hours_before=3, opens=time(9), week_before=False)
    choose(cast, service=course, hours_before=0, week_before=True)
    book_of = rules_for([cast.ours.pk])
    ours, for_course = book_of.of(cast.ours.pk), book_of.of(cast.ours.pk, course.pk)
    assert (ours.hours_before, ours.opens, ours.week_before) == (3, time(9), False)
    assert (for_course.hours_before, for_course.opens, for_course.week_before) == (0, time(9), True)
    assert (for_course.closes, ours.daily_cap) == (time(20), 3)
    assert book_of.of(cast.theirs.pk) == network_rules()


@pytest.mark.parametrize("partners", [1, 3])
def test_the_rules_of_all_partners_are_one_query(cast: Cast, partners: int) -> None:
    for _ in range(partners):
        TextPolicy.objects.create(partner=factories.partner(), offers=False)
    ids = Partner.objects.values_list("pk", flat=True)
    with CaptureQueriesContext(connection) as queries:
        rules_for(list(ids))
    assert len(queries) == 2  # With the ids.


def test_one_rule_is_changed_and_the_others_stay(cast: Cast) -> None:
    choose(cast, hours_before=3, missed=False)
    row = choose(cast, hours_before=2)
    assert (row.hours_before, row.missed, row.offers) == (2, False, None)
    entry = JournalEntry.objects.filter(verb="text_policy_changed").latest("pk")
    assert entry.facts == {
        "service": None,
        "before": {"hours_before": 3},
        "after": {"hours_before": 2},
    }


def test_a_rule_is_inherited_again(cast: Cast) -> None:
    choose(cast, hours_before=3, missed=False)
    assert choose(cast, hours_before=None).hours_before is None
    assert TextPolicy.objects.get().missed is False


def test_the_same_choice_again_is_no_news(cast: Cast) -> None:
    choose(cast, hours_before=3)
    before = JournalEntry.objects.count()
    choose(cast, hours_before=3, missed=None)
    assert JournalEntry.objects.count() == before


def test_a_key_counts_once(cast: Cast) -> None:
    first = choose(cast, hours_before=3, opens=time(9), key="k")
    assert choose(cast, hours_before=3, opens=time(9), key="k") == first
    assert JournalEntry.objects.filter(verb="text_policy_changed").count() == 1


def test_a_terminal_changes_one_field_and_takes_it_back(cast: Cast) -> None:
    call_command("act", "set_text_policy", "partner=le-relais", "hours_before=3", "missed=no")
    call_command("act", "set_text_policy", "partner=le-relais", "opens=09:00")
    call_command("act", "set_text_policy", "partner=le-relais", "hours_before=")
    row = TextPolicy.objects.get()
    assert (row.hours_before, row.missed, row.opens) == (None, False, time(9))


@pytest.mark.parametrize(
    "chosen",
    [
        {"week_before_days": 2},
        {"week_before_days": 15},
        {"booked_ahead_days": 61},
        {"hours_before": 7},
        {"missed_after_minutes": 14},
        {"held_minutes": 4},
        {"daily_cap": 0},
        {"daily_cap": 7},
        {"opens": time(7, 59)},
        {"closes": time(20, 1)},
        {"opens": time(14), "closes": time(12)},
        {"opens": time(9, 30)},
        {"closes": time(9, 59), "opens": time(8)},
        {"reminder_time": time(19, 30)},
        {"reminder_time": time(7)},
        {"booked_ahead_days": 7},
        {"week_before_days": 10},
    ],
)
def test_what_is_out_of_bounds_is_refused(cast: Cast, chosen: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        choose(cast, **chosen)
    assert not TextPolicy.objects.exists()


def test_what_a_service_chose_must_fit_what_its_partner_chooses(cast: Cast) -> None:
    choose(cast, service=factories.service(), reminder_time=time(17))
    with pytest.raises(Invalid):
        choose(cast, closes=time(17, 30))
    assert choose(cast, closes=time(18)).closes == time(18)


def test_a_service_that_the_partner_does_not_offer_has_no_rules(cast: Cast) -> None:
    other = Service.objects.create(
        name="Atelier", family="work", letter="A", default_minutes=60, default_capacity=8
    )
    with pytest.raises(Invalid):
        choose(cast, service=other, offers=False)


def test_only_who_manages_the_partner_chooses(cast: Cast) -> None:
    for account in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            choose(cast, by=account, offers=False)
    assert choose(cast, by=cast.coordinator, offers=False).offers is False


def test_other_rules_plan_other_texts(cast: Cast) -> None:
    choose(cast, week_before_days=5, reminder_time=time(10), hours_before=4)
    book(cast, factories.session(cast.ours, paris(EVENING)))
    assert planned() == [
        ("summons", NOW),
        ("day7", paris("2026-04-09 10:00")),
        ("day1", paris("2026-04-13 10:00")),
        ("hours3", paris("2026-04-14 14:00")),
    ]


def test_what_waits_follows_new_rules_after_the_commit(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    seat = book(cast, factories.session(cast.ours, paris(EVENING)))
    dispatch_due()
    before = planned()
    with django_capture_on_commit_callbacks(execute=True):
        choose(cast, week_before=False, reminder_time=time(17), hours_before=2)
    assert planned() == before
    queued = [one.task for one in OrmQ.objects.all()]
    task = next(one for one in queued if one["func"] == "sms.tasks.follow_rules")
    assert (task["args"], tasks.follow_rules(*task["args"])["seats"]) == ((cast.ours.pk,), 1)
    assert planned() == [
        ("day1", paris("2026-04-13 17:00")),
        ("hours3", paris("2026-04-14 16:00")),
    ]
    assert seat.texts.get(step="day7").state == TextState.VOID


def test_the_sweep_lets_texts_follow_too_and_says_nothing_twice(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris(EVENING)))
    dispatch_due()
    TextPolicy.objects.create(partner=cast.ours, reminder_time=time(8))
    noon = paris("2026-04-13 12:00")
    with time_machine.travel(noon, tick=False):
        # The rule came after its time: the eve's reminder is still of use, the early one is not.
        tasks.sweep()
        assert planned() == [("day1", noon)]
        assert dispatch_due() == Counts(sent=1)
        tasks.sweep()
    assert planned() == []


def test_a_text_keeps_to_the_hours_of_its_partner(cast: Cast) -> None:
    choose(cast, opens=time(9), closes=time(11), rest_days=False)
    book(cast, factories.session(cast.ours, paris(EVENING)))
    assert dispatch_due(paris("2026-03-16 11:00")) == Counts(waiting=1)
    assert planned()[0] == ("summons", paris("2026-03-17 09:00"))
    # A Sunday.
    Text.objects.filter(step="summons").update(due_at=NOW)
    assert dispatch_due(paris("2026-03-22 10:00")) == Counts(sent=1)


def test_a_cap_is_the_partner_s_and_counts_what_arrives_on_the_phone(cast: Cast) -> None:
    choose(cast, daily_cap=1)
    seats = [
        book(cast, factories.session(cast.ours, paris(f"2026-04-{day} 18:00"))) for day in (14, 16)
    ]
    seats[0].texts.filter(step="summons").update(state=TextState.BY_HAND, sent_at=NOW)
    assert dispatch_due() == Counts(sent=1)
    book(cast, factories.session(cast.ours, paris("2026-04-17 18:00")))
    assert dispatch_due() == Counts(waiting=1)
    book(cast, factories.session(cast.theirs, paris("2026-04-21 18:00")))
    assert dispatch_due() == Counts(sent=1)


def test_a_longer_hold_waits_longer(cast: Cast) -> None:
    choose(cast, held_minutes=30)
    session = factories.session(cast.ours, paris(EVENING))
    book(cast, session)
    dispatch_due()
    cancel_session(by=None, now=NOW, session=session)
    assert planned() == [("cancelled", paris("2026-03-16 10:30"))]


def sender(cast: Cast, name: str, **given: Any) -> Partner:
    values = {"by": cast.admin, "now": NOW, "partner": cast.ours, "sender": name, **given}
    return actions.set_sender(**values)


def test_a_sender_is_changed_and_noted(cast: Cast) -> None:
    assert sender(cast, " RDV  95 ").sms_sender == "RDV 95"
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.facts["after"]["sender"]) == ("sender_changed", "RDV 95")
    sender(cast, "RDV 95")
    assert JournalEntry.objects.latest("pk") == entry


@pytest.mark.parametrize(
    "name",
    [
        *("", "RD", "Rendez-vous", "RDV Orléans", "JUSTICE 95", "INFOSPIP", "Police", "LE RELAIS"),
        *("RELAIS RDV", "InfoRelais", "0639980072", "AAAABBBBCCCC", "   "),
    ],
)
def test_a_sender_that_tells_or_does_not_go_through_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        sender(cast, name)
    assert Partner.objects.get(pk=cast.ours.pk).sms_sender == "INFO RDV"


def test_the_messaging_service_is_the_coordination_s(cast: Cast) -> None:
    pool = "MG" + "0" * 32
    with pytest.raises(NotAllowed):
        sender(cast, "RDV 95", messaging_service=pool)
    with pytest.raises(Invalid):
        sender(cast, "RDV 95", by=cast.coordinator, messaging_service="MG12")
    assert (
        sender(cast, "RDV", by=cast.coordinator, messaging_service=pool).messaging_service == pool
    )
    # What an admin's form carries along, or leaves out, stays.
    assert sender(cast, "RDV 95", messaging_service=pool).messaging_service == pool
    assert sender(cast, "RDV 78").messaging_service == pool


def test_a_stranger_chooses_no_sender(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        sender(cast, "RDV 95", by=cast.stranger)
