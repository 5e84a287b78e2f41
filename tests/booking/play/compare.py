"""The model's world and the rows, side by side: names for new rows, then equality."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.booking.model.world import World
from tests.booking.play.rows import Row, Rows, instant


class Names:
    """The model's name of each row, and the other way round."""

    def __init__(self, real: dict[str, Any]) -> None:
        self.pk: dict[str, int] = {}
        self._name: dict[tuple[str, int], str] = {}
        for name, row in real.items():
            if row is not None:
                self.put(row._meta.db_table.removeprefix("booking_"), row.pk, name)

    def put(self, table: str, pk: int, name: str) -> None:
        self.pk[name] = pk
        self._name[table, pk] = name

    def name(self, table: str, pk: int | None) -> str | None:
        return None if pk is None else self._name[table, pk]

    def known(self, table: str, pk: int) -> bool:
        return (table, pk) in self._name

    def learn(self, world: World, rows: Rows) -> None:
        """Seats, enrolments and waiting entries that the last action made: there is at most one new
        one of a person in a place."""
        self._learn(
            "enrolment", rows, {k: (e.programme, e.person) for k, e in world.enrolments.items()}
        )
        self._learn("seat", rows, {k: (s.session, s.person) for k, s in world.seats.items()})
        self._learn(
            "waitingentry",
            rows,
            {k: (w.session, w.programme, w.person) for k, w in world.waits.items()},
        )

    def _learn(self, table: str, rows: Rows, model: dict[str, tuple[str | None, ...]]) -> None:
        new = {what: name for name, what in model.items() if name not in self.pk}
        for row in rows[table]:
            if not self.known(table, row["id"]):
                what = self.place(table, row)
                assert what in new, f"the engine made a {table} that the model did not: {what}"
                self.put(table, row["id"], new.pop(what))
        assert not new, f"the model made a {table} that the engine did not: {sorted(new.values())}"

    def place(self, table: str, row: Row) -> tuple[str | None, ...]:
        person = self.name("participant", row["participant_id"])
        if table == "enrolment":
            return self.name("programme", row["programme_id"]), person
        session = self.name("session", row["session_id"])
        if table == "seat":
            return session, person
        return session, self.name("programme", row["programme_id"]), person


def of_model(world: World) -> dict[str, dict[str, tuple[Any, ...]]]:
    return {
        "session": {
            k: (s.start, s.end, s.venue, s.capacity, s.allowance, s.open, s.state, s.revision)
            for k, s in world.sessions.items()
        },
        "leaders": {k: tuple(sorted(s.leaders)) for k, s in world.sessions.items()},
        "seat": {
            k: (s.session, s.person, s.state, s.enrolment, s.over) for k, s in world.seats.items()
        },
        "enrolment": {k: (e.programme, e.person, e.state) for k, e in world.enrolments.items()},
        "waitingentry": {
            k: (w.person, w.session, w.programme, w.referral, w.state, w.lift, *_offer(w))
            for k, w in world.waits.items()
        },
        "people": {k: (p.not_before, p.merged_into) for k, p in world.people.items()},
        "partner": {k: (p.hours, p.confirmed) for k, p in world.partners.items()},
        "rules": {
            "hidden": tuple(sorted(world.hidden)),
            "apart": tuple(sorted(tuple(sorted(pair)) for pair in world.apart)),
            "victims": tuple(sorted(k for k, v in world.venues.items() if v.victims_only)),
            "first": tuple(sorted(k for k, s in world.services.items() if s.interview_first)),
        },
    }


def _offer(wait: Any) -> tuple[Any, ...]:
    """What is offered counts while it is open."""
    return (wait.seat, wait.enrolment, wait.until) if wait.state == "offered" else ()


def of_rows(names: Names, rows: Rows) -> dict[str, dict[str, tuple[Any, ...]]]:
    n = names.name
    leaders: dict[str, list[str]] = {str(n("session", pk)): [] for pk in rows.of("session")}
    for row in rows["assignment"]:
        leaders[str(n("session", row["session_id"]))].append(
            str(n("practitioner", row["practitioner_id"]))
        )
    return {
        "session": {
            str(n("session", row["id"])): (
                instant(row["starts_at"]),
                instant(row["ends_at"]),
                n("venue", row["venue_id"]),
                row["capacity"],
                row["allowance"],
                bool(row["open_to_network"]),
                row["state"],
                row["revision"],
            )
            for row in rows["session"]
        },
        "leaders": {k: tuple(sorted(v)) for k, v in leaders.items()},
        "seat": {
            str(n("seat", row["id"])): (
                n("session", row["session_id"]),
                n("participant", row["participant_id"]),
                row["state"],
                n("enrolment", row["enrolment_id"]),
                row["over_reason"] != "",
            )
            for row in rows["seat"]
        },
        "enrolment": {
            str(n("enrolment", row["id"])): (
                n("programme", row["programme_id"]),
                n("participant", row["participant_id"]),
                row["state"],
            )
            for row in rows["enrolment"]
        },
        "waitingentry": {
            str(n("waitingentry", row["id"])): (
                n("participant", row["participant_id"]),
                n("session", row["session_id"]),
                n("programme", row["programme_id"]),
                n("referral", row["referral_id"]),
                row["state"],
                row["lift"],
                *_offered(names, row),
            )
            for row in rows["waitingentry"]
        },
        "people": {
            str(n("participant", row["id"])): (
                day(row["not_before"]),
                n("participant", row["merged_into_id"]),
            )
            for row in rows["participant"]
        },
        "partner": {
            str(n("partner", row["id"])): (row["offer_hours"], bool(row["offers_confirmed"]))
            for row in rows["partner"]
        },
        "rules": {
            "hidden": tuple(hidden(names, rows)),
            "apart": tuple(apart(names, rows)),
            "victims": tuple(
                sorted(str(n("venue", row["id"])) for row in rows["venue"] if row["victims_only"])
            ),
            "first": tuple(
                sorted(
                    str(n("service", row["id"]))
                    for row in rows["service"]
                    if row["interview_first"]
                )
            ),
        },
    }


def _offered(names: Names, row: Row) -> tuple[Any, ...]:
    if row["state"] != "offered":
        return ()
    return (
        names.name("seat", row["seat_id"]),
        names.name("enrolment", row["enrolment_id"]),
        instant(row["held_until"]),
    )


def hidden(names: Names, rows: Rows) -> list[tuple[str, str]]:
    n = names.name
    return sorted(
        (str(n("participant", row["participant_id"])), str(n("partner", row["partner_id"])))
        for row in rows["hiddenfrom"]
    )


def apart(names: Names, rows: Rows) -> list[tuple[str, ...]]:
    return sorted(
        tuple(sorted(str(names.name("participant", row[k])) for k in ("first_id", "second_id")))
        for row in rows["avoidancepair"]
    )


def day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def differences(world: World, names: Names, rows: Rows) -> list[str]:
    model, engine = of_model(world), of_rows(names, rows)
    return [
        f"{table} {name}: the model says {model[table].get(name)}, the rows {engine[table].get(name)}"
        for table in model
        for name in sorted(model[table].keys() | engine[table].keys())
        if model[table].get(name) != engine[table].get(name)
    ]
