"""Promises that the database keeps and that Django's constraints cannot say.

1. No participant has two active seats at the same time; no practitioner leads two sessions at the
   same time. PostgreSQL: exclusion constraints. They compare ids as ranges, so that the server
   needs no extension (btree_gist). SQLite: triggers that refuse the same rows.
2. The times repeated on seats and assignments are those of their session: a trigger on both.
3. A seat that becomes active has a number within the session's capacity and allowance: a trigger
   on both. (Lowering the capacity afterwards drops nobody.)
4. `booking_session.has_room` says whether fewer active seats than the capacity stand in the session:
   triggers on both, which also put right what a stale save wrote there. Nobody who takes a seat
   reads it; it is what the finder walks over.
5. PostgreSQL refuses to change or delete a journal entry, unless the retention purge has said so
   for its own transaction: SET LOCAL jalon.purge = 'on'.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections

_ACTIVE_SEAT: Final = "state IN ('held', 'booked', 'present', 'late', 'excused', 'unexcused')"

POSTGRESQL: Final = (
    f"""
    ALTER TABLE booking_seat ADD CONSTRAINT seat_no_overlap EXCLUDE USING gist (
        int8range(participant_id, participant_id, '[]') WITH &&,
        tstzrange(starts_at, ends_at) WITH &&
    ) WHERE ({_ACTIVE_SEAT})
    """,
    """
    ALTER TABLE booking_assignment ADD CONSTRAINT assignment_no_overlap EXCLUDE USING gist (
        int8range(practitioner_id, practitioner_id, '[]') WITH &&,
        tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (active)
    """,
    """
    CREATE FUNCTION booking_times_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE booking_assignment SET starts_at = NEW.starts_at, ends_at = NEW.ends_at
            WHERE session_id = NEW.id;
        UPDATE booking_seat SET starts_at = NEW.starts_at, ends_at = NEW.ends_at
            WHERE session_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER booking_times_follow AFTER UPDATE OF starts_at, ends_at ON booking_session
        FOR EACH ROW WHEN (OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at)
        EXECUTE FUNCTION booking_times_follow()
    """,
    """
    CREATE FUNCTION booking_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('jalon.purge', true) = 'on' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the journal is append-only';
    END $$
    """,
    """
    CREATE TRIGGER booking_journal_is_append_only BEFORE UPDATE OR DELETE ON booking_journalentry
        FOR EACH ROW EXECUTE FUNCTION booking_journal_is_append_only()
    """,
)

#: Since migration 0004.
POSTGRESQL_LIMITS: Final = (
    f"""
    CREATE FUNCTION booking_seat_within_limits() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.{_ACTIVE_SEAT} AND NEW.number > (
            SELECT capacity + allowance FROM booking_session WHERE id = NEW.session_id
        ) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_within_limits',
                MESSAGE = 'seat_within_limits';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER booking_seat_within_limits_insert BEFORE INSERT ON booking_seat
        FOR EACH ROW EXECUTE FUNCTION booking_seat_within_limits()
    """,
    f"""
    CREATE TRIGGER booking_seat_within_limits_update BEFORE UPDATE OF state, number, session_id
        ON booking_seat FOR EACH ROW
        WHEN (NOT (OLD.{_ACTIVE_SEAT}) OR NEW.number > OLD.number OR NEW.session_id <> OLD.session_id)
        EXECUTE FUNCTION booking_seat_within_limits()
    """,
)

_ROOM: Final = f"""
    UPDATE booking_session SET has_room = NOT has_room WHERE id = %s AND has_room <> (
        (SELECT COUNT(*) FROM booking_seat s WHERE s.session_id = booking_session.id
            AND s.{_ACTIVE_SEAT}) < capacity);"""

# Of two who sit down at once neither sees the other before both are committed: the second waits
# here, and counts after. An action holds the session already.
_LOCKED_ROOM: Final = f"""
            PERFORM 1 FROM booking_session WHERE id = %s FOR NO KEY UPDATE;{_ROOM}"""

#: Since migration 0008.
POSTGRESQL_ROOM: Final = (
    f"""
    CREATE FUNCTION booking_room_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN
            PERFORM 1 FROM booking_session WHERE id IN (OLD.session_id, NEW.session_id)
                ORDER BY id FOR NO KEY UPDATE;
        END IF;
        IF TG_OP <> 'DELETE' THEN {_LOCKED_ROOM % (("NEW.session_id",) * 2)} END IF;
        IF TG_OP = 'DELETE' OR OLD.session_id <> NEW.session_id THEN
            {_LOCKED_ROOM % (("OLD.session_id",) * 2)}
        END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION booking_room_stays_true() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {_ROOM % "NEW.id"}
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE TRIGGER booking_room_follows_insert AFTER INSERT ON booking_seat
        FOR EACH ROW WHEN (NEW.{_ACTIVE_SEAT}) EXECUTE FUNCTION booking_room_follows()
    """,
    f"""
    CREATE TRIGGER booking_room_follows_update AFTER UPDATE OF state, session_id ON booking_seat
        FOR EACH ROW WHEN ((OLD.{_ACTIVE_SEAT}) <> (NEW.{_ACTIVE_SEAT})
            OR OLD.session_id <> NEW.session_id)
        EXECUTE FUNCTION booking_room_follows()
    """,
    f"""
    CREATE TRIGGER booking_room_follows_delete AFTER DELETE ON booking_seat
        FOR EACH ROW WHEN (OLD.{_ACTIVE_SEAT}) EXECUTE FUNCTION booking_room_follows()
    """,
    # Not for the update that these triggers make themselves.
    """
    CREATE TRIGGER booking_room_follows_session AFTER UPDATE OF capacity, has_room
        ON booking_session FOR EACH ROW WHEN (pg_trigger_depth() = 0)
        EXECUTE FUNCTION booking_room_stays_true()
    """,
    """
    CREATE TRIGGER booking_room_follows_new AFTER INSERT ON booking_session
        FOR EACH ROW WHEN (NOT NEW.has_room) EXECUTE FUNCTION booking_room_stays_true()
    """,
)

POSTGRESQL_ROOM_UNDO: Final = (
    "DROP TRIGGER booking_room_follows_new ON booking_session",
    "DROP TRIGGER booking_room_follows_session ON booking_session",
    "DROP TRIGGER booking_room_follows_delete ON booking_seat",
    "DROP TRIGGER booking_room_follows_update ON booking_seat",
    "DROP TRIGGER booking_room_follows_insert ON booking_seat",
    "DROP FUNCTION booking_room_stays_true()",
    "DROP FUNCTION booking_room_follows()",
)

#: Every session at once: for the rows that are older than the triggers.
ROOM_OF_ALL: Final = _ROOM % "booking_session.id"

POSTGRESQL_LIMITS_UNDO: Final = (
    "DROP TRIGGER booking_seat_within_limits_update ON booking_seat",
    "DROP TRIGGER booking_seat_within_limits_insert ON booking_seat",
    "DROP FUNCTION booking_seat_within_limits()",
)

POSTGRESQL_UNDO: Final = (
    "DROP TRIGGER booking_journal_is_append_only ON booking_journalentry",
    "DROP FUNCTION booking_journal_is_append_only()",
    "DROP TRIGGER booking_times_follow ON booking_session",
    "DROP FUNCTION booking_times_follow()",
    "ALTER TABLE booking_assignment DROP CONSTRAINT assignment_no_overlap",
    "ALTER TABLE booking_seat DROP CONSTRAINT seat_no_overlap",
)


def _sqlite_no_overlap(name: str, table: str, owner: str, active: str) -> list[str]:
    """Two triggers that refuse what the exclusion constraint refuses: ranges are half-open, so
    a session may begin when another ends. Times are stored as sortable UTC text."""
    new_active = active.replace("state ", "NEW.state ").replace("active", "NEW.active")
    clash = f"""
        WHEN {new_active} AND EXISTS (
            SELECT 1 FROM {table} WHERE {owner} = NEW.{owner} AND id IS NOT NEW.id
            AND {active} AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at)
        BEGIN SELECT RAISE(ABORT, '{name}'); END"""
    return [
        f"DROP TRIGGER IF EXISTS {name}_{event.split()[0].lower()}"
        for event in ("INSERT", "UPDATE")
    ] + [
        # AFTER, so that the new row's id is known.
        f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table} {clash}"
        for event in ("INSERT", "UPDATE")
    ]


_SQLITE_BEYOND: Final = f"""
    WHEN NEW.{_ACTIVE_SEAT} %s AND NEW.number > (
        SELECT capacity + allowance FROM booking_session WHERE id = NEW.session_id)
    BEGIN SELECT RAISE(ABORT, 'seat_within_limits'); END"""

_SQLITE_TRIGGERS: Final = (
    "seat_within_limits_insert",
    "seat_within_limits_update",
    "seat_no_overlap_insert",
    "seat_no_overlap_update",
    "assignment_no_overlap_insert",
    "assignment_no_overlap_update",
    "booking_times_follow",
    "booking_room_follows_insert",
    "booking_room_follows_update",
    "booking_room_follows_delete",
    "booking_room_follows_session",
    "booking_room_follows_new",
)

SQLITE: Final = (
    *_sqlite_no_overlap("seat_no_overlap", "booking_seat", "participant_id", _ACTIVE_SEAT),
    *_sqlite_no_overlap("assignment_no_overlap", "booking_assignment", "practitioner_id", "active"),
    "DROP TRIGGER IF EXISTS seat_within_limits_insert",
    "DROP TRIGGER IF EXISTS seat_within_limits_update",
    f"CREATE TRIGGER seat_within_limits_insert BEFORE INSERT ON booking_seat {_SQLITE_BEYOND % ''}",
    f"""
    CREATE TRIGGER seat_within_limits_update BEFORE UPDATE OF state, number, session_id ON booking_seat
    {
        _SQLITE_BEYOND % f"AND (NOT (OLD.{_ACTIVE_SEAT}) OR NEW.number > OLD.number "
        "OR NEW.session_id <> OLD.session_id)"
    }
    """,
    "DROP TRIGGER IF EXISTS booking_times_follow",
    """
    CREATE TRIGGER booking_times_follow AFTER UPDATE OF starts_at, ends_at ON booking_session
    WHEN OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at
    BEGIN
        UPDATE booking_assignment SET starts_at = NEW.starts_at, ends_at = NEW.ends_at
            WHERE session_id = NEW.id;
        UPDATE booking_seat SET starts_at = NEW.starts_at, ends_at = NEW.ends_at
            WHERE session_id = NEW.id;
    END
    """,
)

#: Since migration 0008.
SQLITE_ROOM: Final = (
    *(
        f"DROP TRIGGER IF EXISTS booking_room_follows_{name}"
        for name in ("insert", "update", "delete", "session", "new")
    ),
    f"""
    CREATE TRIGGER booking_room_follows_insert AFTER INSERT ON booking_seat
    WHEN NEW.{_ACTIVE_SEAT} BEGIN {_ROOM % "NEW.session_id"} END
    """,
    f"""
    CREATE TRIGGER booking_room_follows_update AFTER UPDATE OF state, session_id ON booking_seat
    WHEN (OLD.{_ACTIVE_SEAT}) <> (NEW.{_ACTIVE_SEAT}) OR OLD.session_id <> NEW.session_id
    BEGIN {_ROOM % "NEW.session_id"} {_ROOM % "OLD.session_id"} END
    """,
    f"""
    CREATE TRIGGER booking_room_follows_delete AFTER DELETE ON booking_seat
    WHEN OLD.{_ACTIVE_SEAT} BEGIN {_ROOM % "OLD.session_id"} END
    """,
    f"""
    CREATE TRIGGER booking_room_follows_session AFTER UPDATE OF capacity, has_room
    ON booking_session BEGIN {_ROOM % "NEW.id"} END
    """,
    f"""
    CREATE TRIGGER booking_room_follows_new AFTER INSERT ON booking_session
    WHEN NOT NEW.has_room BEGIN {_ROOM % "NEW.id"} END
    """,
)


def before_migrate(*, using: str, **_: Any) -> None:
    """Take SQLite's triggers away while tables change: one that names a table which is being
    rebuilt makes the rebuilding fail."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in _SQLITE_TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def after_migrate(*, using: str, plan: list[tuple[Any, bool]] | None = None, **_: Any) -> None:
    """Put SQLite's triggers back: a table that is rebuilt loses them, and `before_migrate` takes
    them away. PostgreSQL gets its own in a migration and keeps them."""
    connection = connections[using]
    if (
        connection.vendor != "sqlite"
        or "booking_seat" not in connection.introspection.table_names()
    ):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_table_info('booking_session') WHERE name = 'has_room'")
        # Not when somebody has just gone back to before it.
        room = SQLITE_ROOM if cursor.fetchone() else ()
        for statement in (*SQLITE, *room):
            cursor.execute(statement)
        if room:
            # What was written while they were away.
            cursor.execute(ROOM_OF_ALL)
