"""Each action once, in the case in which it writes the most: what it frees goes to somebody who
waits, and those whom it touches get texts. A case prepares its rows and returns the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from booking import actions
from booking.models import JournalEntry, Participant, Service
from booking.models.journal import Verb
from booking.models.language import Language
from booking.models.partner import ServiceFamily
from booking.models.person import Mandate, PhoneState, ReferrerKind
from booking.models.programme import ProgrammeKind
from booking.models.staff import Role
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes

Call = Callable[[], object]
CASES: dict[str, Callable[[Cast], Call]] = {}


def case(prepare: Callable[[Cast], Call]) -> Callable[[Cast], Call]:
    CASES[prepare.__name__] = prepare
    return prepare


def _call(name: str, /, **values: Any) -> Call:
    return partial(getattr(actions, name), by=None, now=timezone.now(), **values)


@case
def add_member(cast: Cast) -> Call:
    return _call(
        "add_member", email="n@jalon.example", name="N", role=Role.ADMIN, partner=cast.ours
    )


@case
def add_partner(cast: Cast) -> Call:
    values = {"name": "Le Pont", "slug": "le-pont", "department": "78", "phone": "01 99 00 00 99"}
    return _call("add_partner", services=list(Service.objects.all()), **values)


@case
def add_practitioner(cast: Cast) -> Call:
    return _call("add_practitioner", partner=cast.ours, name="Dr Petit")


@case
def add_referrer(cast: Cast) -> Call:
    return _call("add_referrer", name="SPIP du Val-d’Oise", kind=ReferrerKind.PROBATION)


@case
def add_service(cast: Cast) -> Call:
    values = {"name": "Atelier", "letter": "A", "default_minutes": 60}
    return _call("add_service", family=ServiceFamily.GROUP, **values)


@case
def add_venue(cast: Cast) -> Call:
    values = {"name": "Annexe", "street": "9 rue du Moulin", "postcode": "95300", "city": "Cergy"}
    return _call("add_venue", partner=cast.ours, **values)


@case
def book_seat(cast: Cast) -> Call:
    """With a key, so that its answer is a part of the whole."""
    session, seat = scenes.full(cast.ours)
    waiting = scenes.wait(session)
    actions.change_seats(
        by=None, now=timezone.now(), session=session, allowance=1, reason="Une chaise de plus"
    )
    actions.decline_offer(by=None, now=timezone.now(), waiting_entry=waiting)
    scenes.wait(session, cast.hamel)
    values = {"overbook": "Une chaise de plus", "key": "a-key", "participant": cast.hamel}
    return _call("book_seat", session=seat.session, **values)


@case
def cancel_morning(cast: Cast) -> Call:
    morning = [scenes.full(cast.ours, day, practitioners=[cast.practitioner]) for day in range(2)]
    both = [cast.practitioner, factories.practitioner(cast.ours)]
    scenes.full(cast.ours, 2, practitioners=both)
    start = morning[0][0].starts_at
    times = {"starts_at": start, "ends_at": start + timedelta(days=3)}
    # Somebody who sat there is free for the place for which they wait.
    scenes.wait(_room_at(cast, morning[0][0].starts_at), morning[0][1].participant)
    return _call("cancel_morning", practitioner=cast.practitioner, **times)


def _room_at(cast: Cast, start: Any) -> Any:
    return factories.session(cast.ours, start, capacity=1)


@case
def cancel_session(cast: Cast) -> Call:
    session, seat = scenes.full(cast.ours, waiting=1)
    scenes.wait(_room_at(cast, session.starts_at), seat.participant)
    return _call("cancel_session", session=session)


@case
def change_seats(cast: Cast) -> Call:
    return _call("change_seats", session=scenes.full(cast.ours, waiting=2)[0], capacity=3)


@case
def confirm_offer(cast: Cast) -> Call:
    programme, _days = scenes.course(cast.ours)
    return _call("confirm_offer", waiting_entry=scenes.wait(programme))


@case
def confirm_phone(cast: Cast) -> Call:
    person = factories.participant(phone_state=PhoneState.UNCONFIRMED)
    scenes.book(scenes.evening(cast.ours), person)
    return _call("confirm_phone", participant=person)


@case
def decline_offer(cast: Cast) -> Call:
    programme, _days = scenes.course(cast.ours)
    offered, _next = scenes.wait(programme), scenes.wait(programme)
    return _call("decline_offer", waiting_entry=offered)


@case
def enrol(cast: Cast) -> Call:
    return _call("enrol", programme=scenes.course(cast.ours)[0], participant=cast.hamel)


@case
def hide_from(cast: Cast) -> Call:
    return _call("hide_from", participant=cast.hamel, partner=cast.theirs)


@case
def hold_back(cast: Cast) -> Call:
    """Lifted: the place that stayed free is offered."""
    session, seat = scenes.full(cast.ours)
    scenes.wait(session, cast.hamel)
    late = timezone.localdate() + timedelta(days=30)
    actions.hold_back(by=None, now=timezone.now(), participant=cast.hamel, until=late)
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    return _call("hold_back", participant=cast.hamel, until=None)


@case
def join_waiting_list(cast: Cast) -> Call:
    programme, _days = scenes.course(cast.ours)
    return _call("join_waiting_list", participant=cast.hamel, programme=programme)


@case
def keep_apart(cast: Cast) -> Call:
    return _call("keep_apart", first=cast.hamel, second=factories.participant())


@case
def leave_waiting_list(cast: Cast) -> Call:
    entry = scenes.wait(scenes.full(cast.ours)[0])
    return _call("leave_waiting_list", waiting_entry=entry)


@case
def let_meet(cast: Cast) -> Call:
    """One sits there, the other waits for the place beside."""
    other = factories.participant()
    session = scenes.evening(cast.ours)
    scenes.book(session, other)
    scenes.wait(session, cast.hamel)
    pair = actions.keep_apart(by=None, now=timezone.now(), first=other, second=cast.hamel)
    actions.change_seats(by=None, now=timezone.now(), session=session, capacity=2)
    return _call("let_meet", pair=pair)


@case
def let_overbook(cast: Cast) -> Call:
    return _call("let_overbook", user=cast.admin, partner=cast.ours, allowed=True)


@case
def merge(cast: Cast) -> Call:
    double = factories.participant(last_name="Amel")
    scenes.book(scenes.evening(cast.ours), double)
    factories.referral(double, cast.theirs)
    return _call("merge", keep=cast.hamel, absorb=double)


@case
def move_seat(cast: Cast) -> Call:
    _left, seat = scenes.full(cast.ours, waiting=1)
    return _call("move_seat", seat=seat, to=scenes.evening(cast.ours, 1))


@case
def move_session(cast: Cast) -> Call:
    session, seat = scenes.full(cast.ours, practitioners=[cast.practitioner])
    scenes.wait(_room_at(cast, session.starts_at), seat.participant)
    values = {
        "starts_at": session.starts_at + timedelta(days=1),
        "venue": factories.venue(cast.ours),
        "practitioners": [factories.practitioner(cast.ours)],
    }
    return _call("move_session", session=session, **values)


@case
def move_up(cast: Cast) -> Call:
    session, _seat = scenes.full(cast.ours, waiting=1)
    return _call("move_up", waiting_entry=scenes.wait(session), reason="Sort de prison")


@case
def open_programme(cast: Cast) -> Call:
    values = {"kind": ProgrammeKind.COURSE, "label": "Groupe X", "service": factories.service()}
    return _call("open_programme", partner=cast.ours, **values)


@case
def open_session(cast: Cast) -> Call:
    """One more day of a course in which somebody is enrolled."""
    programme, [first, *_others] = scenes.course(cast.ours)
    actions.enrol(by=None, now=timezone.now(), programme=programme, participant=cast.hamel)
    start = first.starts_at + timedelta(days=7)
    values = {
        "service": first.service,
        "venue": first.venue,
        "label": "Groupe B",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "practitioners": [cast.practitioner],
    }
    return _call("open_session", partner=cast.ours, programme=programme, capacity=1, **values)


@case
def record_history(cast: Cast) -> Call:
    start = timezone.now() - timedelta(days=90)
    return _call("record_history", referral=cast.referral, starts_at=start, label="Groupe B")


@case
def record_referral(cast: Cast) -> Call:
    values = {"service": factories.service(), "mandate": Mandate.PROBATION}
    day = timezone.localdate()
    return _call(
        "record_referral", participant=cast.hamel, partner=cast.theirs, referred_on=day, **values
    )


@case
def register_participant(cast: Cast) -> Call:
    values = {"last_name": "Martin", "first_name": "Léo", "phone": "06 39 98 00 99"}
    return _call("register_participant", birth_date=date(1980, 5, 1), **values)


@case
def release_seat(cast: Cast) -> Call:
    return _call("release_seat", seat=scenes.full(cast.ours, waiting=1)[1])


@case
def require_interview(cast: Cast) -> Call:
    return _call("require_interview", service=factories.service(), required=True)


@case
def reserve_venue(cast: Cast) -> Call:
    scenes.evening(cast.ours)
    return _call("reserve_venue", venue=cast.venue, victims_only=True)


@case
def serve_waiting_lists(cast: Cast) -> Call:
    """Two offers are over, in two sessions, and in each somebody is next."""
    for day in range(2):
        session = scenes.evening(cast.ours, day)
        for _ in range(2):
            scenes.wait(session)
    later = timezone.now() + timedelta(hours=49)
    return partial(actions.serve_waiting_lists, now=later)


@case
def set_offer_policy(cast: Cast) -> Call:
    return _call("set_offer_policy", partner=cast.ours, hours=24, confirmed_at_once=True)


@case
def show_to(cast: Cast) -> Call:
    session, seat = scenes.full(cast.ours)
    scenes.wait(session, cast.hamel)
    actions.hide_from(by=None, now=timezone.now(), participant=cast.hamel, partner=cast.ours)
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    return _call("show_to", participant=cast.hamel, partner=cast.ours)


@case
def swap_seats(cast: Cast) -> Call:
    seats = [scenes.full(cast.ours, day)[1] for day in range(2)]
    # Who moves away is free again for what they wait for.
    scenes.wait(_room_at(cast, seats[0].starts_at), seats[0].participant)
    return _call("swap_seats", first=seats[0], second=seats[1])


@case
def tell_apart(cast: Cast) -> Call:
    other = factories.participant()
    return _call("tell_apart", first=cast.hamel, second=other)


@case
def unmerge(cast: Cast) -> Call:
    merge(cast)()
    entry = JournalEntry.objects.get(verb=Verb.PEOPLE_MERGED)
    return _call("unmerge", entry=entry)


@case
def withdraw(cast: Cast) -> Call:
    programme, _days = scenes.course(cast.ours)
    enrolment = actions.enrol(
        by=None, now=timezone.now(), programme=programme, participant=cast.hamel
    )
    scenes.wait(programme)
    return _call("withdraw", enrolment=enrolment)


@case
def open_sessions(cast: Cast) -> Call:
    """Two more days of a course in which somebody is enrolled, and one on which the practitioner is
    taken."""
    programme, [first, *_others] = scenes.course(cast.ours)
    actions.enrol(by=None, now=timezone.now(), programme=programme, participant=cast.hamel)
    starts = [first.starts_at + timedelta(days=7 * week) for week in (1, 2, 3)]
    factories.session(cast.ours, starts[1], practitioners=[cast.practitioner])
    values = {
        "service": first.service,
        "venue": first.venue,
        "label": "Groupe B",
        "starts": starts,
        "minutes": 120,
        "practitioners": [cast.practitioner],
    }
    return _call("open_sessions", partner=cast.ours, programme=programme, capacity=1, **values)


@case
def discard_sessions(cast: Cast) -> Call:
    """An evening on which nobody is enrolled yet; somebody who cannot come then waits for the whole
    group. Another evening is used."""
    programme, [_first, second] = scenes.course(cast.ours)
    scenes.book(_room_at(cast, second.starts_at), cast.hamel)
    scenes.wait(programme, cast.hamel)
    used = scenes.full(cast.ours, 3)[0]
    return _call("discard_sessions", sessions=[second, used])


@case
def set_languages(cast: Cast) -> Call:
    """One language goes, another comes."""
    now, whose = timezone.now(), cast.practitioner
    actions.set_languages(by=None, now=now, practitioner=whose, languages=[Language.TAMIL])
    return _call("set_languages", practitioner=whose, languages=[Language.ARABIC])


@case
def lead_together(cast: Cast) -> Call:
    """Somebody sits there; of the other's two slots at that time one was never used."""
    colleague = factories.practitioner(cast.ours)
    session, _seat = scenes.full(cast.ours, practitioners=[cast.practitioner])
    for hours in (-1, 1):
        start = session.starts_at + timedelta(hours=hours)
        slot = factories.session(cast.ours, start, capacity=1, practitioners=[colleague])
    actions.release_seat(by=None, now=timezone.now(), seat=scenes.book(slot))
    return _call("lead_together", session=session, practitioners=[cast.practitioner, colleague])


def _with_a_text(cast: Cast, **fields: Any) -> Participant:
    """Somebody for whom a text waits."""
    person = factories.participant(**fields)
    scenes.book(scenes.evening(cast.ours), person)
    return person


@case
def refuse_texts(cast: Cast) -> Call:
    return _call("refuse_texts", participant=_with_a_text(cast))


@case
def allow_texts(cast: Cast) -> Call:
    """By somebody: the system may not."""
    values: dict[str, Any] = {"by": cast.coordinator, "now": timezone.now()}
    person = _with_a_text(cast, texts_refused=True)
    return partial(actions.allow_texts, participant=person, **values)


@case
def report_wrong_number(cast: Cast) -> Call:
    """Two people have it, and one more record that was merged."""
    person = _with_a_text(cast)
    _with_a_text(cast, phone=person.phone)
    merged = factories.participant(phone=person.phone)
    actions.merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=merged)
    return _call("report_wrong_number", participant=person)


@case
def change_phone(cast: Cast) -> Call:
    return _call("change_phone", participant=_with_a_text(cast), phone="06 39 98 01 99")


@case
def share_phone(cast: Cast) -> Call:
    return _call("share_phone", participant=cast.hamel, shared=True)


@case
def change_address(cast: Cast) -> Call:
    address = "3 place du Parc\n95000 Cergy"
    return _call("change_address", participant=cast.hamel, postal_address=address)
