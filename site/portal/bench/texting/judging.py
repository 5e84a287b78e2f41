"""What is looked at when all is done: the rows that are there, and what the provider took. Plain SQL,
which shares nothing with the planner or the dispatcher."""

from __future__ import annotations

from portal.bench.rows import Rows

#: The first of somebody's texts is due at once; the reminders are for another day.
_DUE = "FROM sms_text t WHERE t.step = 'summons'"
_OPEN = "('planned', 'claimed', 'uncertain')"
#: It ended here, and stands on somebody's list.
_TASK = "('failed', 'expired')"


def planned(rows: Rows) -> int:
    return rows.count(f"SELECT t.id {_DUE} AND t.state = 'planned'")


def left(rows: Rows) -> int:
    return rows.count(f"SELECT t.id {_DUE} AND t.state IN {_OPEN}")


def states(rows: Rows) -> dict[str, int]:
    """With what stands beside them: "failed wording"."""
    found = rows.all(f"SELECT t.state, t.problem, COUNT(*) {_DUE} GROUP BY 1, 2 ORDER BY 1, 2")
    return {f"{state} {problem}".strip(): count for state, problem, count in found}


def lost(rows: Rows, taken: dict[str, int]) -> int:
    """Nothing changed since they were planned, so each is still true: the person has the text, or
    somebody has the task, or it is lost."""
    numbers = rows.all(
        "SELECT p.phone FROM sms_text t JOIN booking_seat s ON s.id = t.seat_id"
        " JOIN booking_participant p ON p.id = s.participant_id"
        f" WHERE t.step = 'summons' AND t.state NOT IN {_TASK}"
    )
    return sum(number not in taken for (number,) in numbers)


def claimed_too_much(rows: Rows, taken: dict[str, int]) -> int:
    """Called sent, and never at the provider."""
    numbers = rows.all(f"SELECT t.\"to\" {_DUE} AND t.state IN ('sent', 'delivered')")
    return sum(number not in taken for (number,) in numbers)
