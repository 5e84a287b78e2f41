from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from booking import access, cancelling, journal, waiting
from booking.holding import hold
from booking.locking import writing
from booking.models import Assignment, Seat, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.session import SessionState
from booking.once import once


@once
def discard_sessions(
    *, by: access.Actor, now: datetime, sessions: Iterable[Session], key: str = ""
) -> tuple[Session, ...]:
    """Take back the dates that nobody ever used: of these sessions, those that are planned and to
    come, where nobody ever had a seat and nobody is or was on the waiting list. From then on they
    do not exist for anybody. The others are left as they are, and so are those that somebody moved
    since the caller read them. Returns those taken back.

    Raises NotAllowed, Busy.
    """
    wanted = {session.pk: session for session in sessions}
    for partner_id in {one.partner_id for one in wanted.values()}:
        access.must_manage(by, partner_id)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, sessions=wanted)
        # Asked with the sessions locked: nobody sits down there nor joins the list any more.
        used = set(_sessions_of(Seat, wanted)) | set(_sessions_of(WaitingEntry, wanted))
        gone = [
            one
            for pk, one in held.sessions.items()
            if pk in wanted and pk not in used and not one.cancelled and one.starts_at > now
            if one.revision == wanted[pk].revision
        ]
        if gone:
            _discard(gone, now)
            entries = [
                cancelling.of_session(
                    one,
                    Verb.SESSION_DISCARDED,
                    now,
                    by_id,
                    starts_at=one.starts_at.isoformat(),
                    revision=one.revision,
                )
                for one in gone
            ]
            # Who waits for the whole of a group may fit now that it has one evening less.
            journal.write([*entries, *waiting.serve(held, now=now)])
    return tuple(gone)


def _sessions_of(rows: type[Seat | WaitingEntry], wanted: Iterable[int]) -> Iterable[int]:
    there = rows._default_manager.filter(session__in=list(wanted)).order_by()  # noqa: SLF001 - documented
    return there.values_list("session_id", flat=True).distinct()


def _discard(gone: list[Session], now: datetime) -> None:
    pks = [one.pk for one in gone]
    Session.objects.filter(pk__in=pks).update(
        state=SessionState.DISCARDED, revision=F("revision") + 1, changed_at=now
    )
    Assignment.objects.filter(session__in=pks).update(active=False)
    for one in gone:
        one.state, one.revision, one.changed_at = SessionState.DISCARDED, one.revision + 1, now
