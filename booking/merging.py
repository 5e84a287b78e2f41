"""Everything that points at a person: moved to the record that goes on, and given back.

Call with both records locked. The facts that come out go into the journal, and are all that is
needed to give everything back: primary keys, never values. Those about people who must not meet
are handed out apart: whoever reads one person's history must not learn that there are such rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from django.db.models import Q

from booking import filling
from booking.contradictions import Findings
from booking.models import (
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    JournalEntry,
    Participant,
    Referral,
    Seat,
    TwoPeople,
    WaitingEntry,
)

Owned: TypeAlias = type[Referral | Enrolment | WaitingEntry | Seat | HiddenFrom]
Paired: TypeAlias = type[AvoidancePair | TwoPeople]

#: Rows of one person, in `participant`. A test finds the model that somebody forgot here.
OWNED: Final[dict[str, Owned]] = {
    "referrals": Referral,
    "enrolments": Enrolment,
    "waiting": WaitingEntry,
    "seats": Seat,
    "hidings": HiddenFrom,
}
_WITH_REFERRAL: Final[dict[str, type[Enrolment | WaitingEntry | Seat]]] = {
    "enrolments": Enrolment,
    "waiting": WaitingEntry,
    "seats": Seat,
}
#: Rows about two people, in `first` and `second`.
PAIRED: Final[tuple[Paired, ...]] = (TwoPeople, AvoidancePair)
#: These keep pointing at the record of their time: what happened, and what was merged earlier.
STAYS: Final = (JournalEntry, Participant)


def move(keep: Participant, absorb: Participant, found: Findings) -> dict[str, Any]:
    """Hand over every row that is not in `found`, and tell which went and which stayed."""
    twins = _twins(keep, absorb)
    shared = HiddenFrom.objects.filter(partner__in=keep.hidings.values("partner"))
    left = {
        "referrals": {int(pk) for pk in twins},
        "enrolments": found.enrolments,
        "waiting": found.waiting,
        "seats": found.seats,
        "hidings": set(shared.filter(participant=absorb).values_list("pk", flat=True)),
    }
    moved: dict[str, list[int]] = {}
    for name, model in OWNED.items():
        rows = model.objects.filter(participant=absorb).exclude(pk__in=left[name])
        moved[name] = sorted(rows.values_list("pk", flat=True))
        model.objects.filter(pk__in=moved[name]).update(participant=keep)
    moved["two_people"], left["two_people"] = _move_pairs(
        TwoPeople, _pairs(TwoPeople, absorb), absorb, keep
    )
    for pk, twin in twins.items():
        _repoint(moved, {int(pk): twin["twin"]})
    return {
        "absorbed": absorb.pk,
        "moved": {name: pks for name, pks in moved.items() if pks},
        "left": {name: sorted(pks) for name, pks in left.items() if pks},
        "twins": twins,
    }


def give_back(keep: Participant, absorb: Participant, facts: dict[str, Any]) -> dict[str, Any]:
    """Give back the rows that are still the kept record's, and tell which. What was made since for
    one of them (a seat in a session that its course gained, say) goes with it."""
    moved: dict[str, list[int]] = facts["moved"]
    twins: dict[str, dict[str, Any]] = facts["twins"]
    back = _with_what_followed(keep, moved)
    for name, model in OWNED.items():
        model.objects.filter(pk__in=back[name]).update(participant=absorb)
    told_apart = _pairs(TwoPeople, keep).filter(pk__in=moved.get("two_people", []))
    back["two_people"], _ = _move_pairs(TwoPeople, told_apart, keep, absorb)
    for pk, twin in twins.items():
        _repoint(back, {twin["twin"]: int(pk)})
        _empty_twin(int(pk), twin)
    return {"given_back": {name: pks for name, pks in back.items() if pks}}


def move_avoidance(keep: Participant, absorb: Participant) -> list[int]:
    """Whom the absorbed record must not meet, the kept one must not meet either."""
    return _move_pairs(AvoidancePair, _pairs(AvoidancePair, absorb), absorb, keep)[0]


def give_back_avoidance(keep: Participant, absorb: Participant, moved: list[int]) -> list[int]:
    rows = _pairs(AvoidancePair, keep).filter(pk__in=moved)
    return _move_pairs(AvoidancePair, rows, keep, absorb)[0]


def _twins(keep: Participant, absorb: Participant) -> dict[str, dict[str, Any]]:
    """The absorbed record's referrals that the kept one has too (same partner, service and day).
    They stay where they are; the kept one's gains what it lacked."""
    mine = {(r.partner_id, r.service_id, r.referred_on): r for r in keep.referrals.all()}
    twins: dict[str, dict[str, Any]] = {}
    for other in absorb.referrals.order_by("pk"):
        twin = mine.get((other.partner_id, other.service_id, other.referred_on))
        if twin is not None:
            filled = filling.fill_referral(twin, other)
            twin.save(update_fields=filled)
            twins[str(other.pk)] = {"twin": twin.pk, "filled": filled}
    return twins


def _empty_twin(pk: int, twin: dict[str, Any]) -> None:
    rows = Referral.objects.in_bulk([pk, twin["twin"]])
    if len(rows) == 2 and twin["filled"]:
        filling.empty_referral(rows[twin["twin"]], rows[pk], twin["filled"])
        rows[twin["twin"]].save(update_fields=twin["filled"])


def _repoint(rows: dict[str, list[int]], referrals: dict[int, int]) -> None:
    """These rows belong to another person now: so does the referral that they speak of."""
    for before, after in referrals.items():
        for name, model in _WITH_REFERRAL.items():
            model.objects.filter(pk__in=rows[name], referral=before).update(referral=after)


def _with_what_followed(keep: Participant, moved: dict[str, list[int]]) -> dict[str, list[int]]:
    def theirs(name: str, rule: Q) -> list[int]:
        rows = OWNED[name].objects.filter(rule, participant=keep)
        return sorted(rows.values_list("pk", flat=True))

    def went(name: str) -> Q:
        return Q(pk__in=moved.get(name, []))

    back = {name: theirs(name, went(name)) for name in ("referrals", "hidings")}
    of_referral = Q(referral__in=back["referrals"])
    back["waiting"] = theirs("waiting", went("waiting") | of_referral)
    offers = WaitingEntry.objects.filter(pk__in=back["waiting"])
    taken_up = Q(pk__in=offers.exclude(enrolment=None).values("enrolment"))
    back["enrolments"] = theirs("enrolments", went("enrolments") | of_referral | taken_up)
    of_enrolment = Q(enrolment__in=back["enrolments"])
    taken_up = Q(pk__in=offers.exclude(seat=None).values("seat"))
    back["seats"] = theirs("seats", went("seats") | of_referral | of_enrolment | taken_up)
    return back


def _pairs(model: Paired, person: Participant) -> Any:
    return model.objects.filter(Q(first=person) | Q(second=person)).order_by("pk")


def _move_pairs(
    model: Paired, rows: Iterable[Any], source: Participant, target: Participant
) -> tuple[list[int], set[int]]:
    """Which went and which stayed: a pair of these two, or one that the target has already."""
    moved: list[int] = []
    stayed: set[int] = set()
    for row in rows:
        mate = row.second_id if row.first_id == source.pk else row.first_id
        pair = {"first_id": min(mate, target.pk), "second_id": max(mate, target.pk)}
        if mate == target.pk or model.objects.filter(**pair).exists():
            stayed.add(row.pk)
        else:
            model.objects.filter(pk=row.pk).update(**pair)
            moved.append(row.pk)
    return moved, stayed
