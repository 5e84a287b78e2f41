"""Attempts through the real actions, as a view would call them: with an account, and with the rows
that the page has loaded."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from portal.bench.jobs import Answers, Job, Ready


class Attempts:
    """Times attempts one by one and keeps what became of each."""

    def __init__(self) -> None:
        from django.db import transaction

        from booking import journal

        self.answers = Answers()
        self._committed: list[int] = []

        def note(entries: list[Any], **_: object) -> None:
            # After the commit: an action of several transactions may lose one of them.
            written = [entry.pk for entry in entries]
            transaction.on_commit(lambda: self._committed.extend(written))

        journal.written.connect(note, weak=False)

    def attempt(self, action: Callable[[], object]) -> object:
        """Call an action. Its answer, or None when it refused or failed."""
        from booking.errors import BookingError
        from booking.models import Seat

        self._committed.clear()
        answer = None
        began = time.perf_counter()
        try:
            answer = action()
        except BookingError as refusal:
            self.answers.refusals[type(refusal).__name__] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            self.answers.errors[type(error).__name__] += 1
        else:
            self.answers.accepted += 1
            self.answers.entries += self._committed
        self.answers.ms.append(round((time.perf_counter() - began) * 1000, 3))
        if isinstance(answer, Seat):
            row = (answer.pk, answer.session_id, answer.participant_id, answer.number)
            self.answers.seats.append(row)
        return answer


def prepared(job: Job) -> Ready:
    django.setup()
    from django.utils import timezone

    from booking import access, actions
    from booking.models import Participant, Programme, Session, User

    attempts = Attempts()
    account = User.objects.get()
    access.scope(account)
    people = Participant.objects.in_bulk({person for _, person in job.targets})
    wanted = {target for target, _ in job.targets}
    if job.scenario == "programme":
        programmes = Programme.objects.in_bulk(wanted)
    else:
        sessions = Session.objects.select_related("service").in_bulk(wanted)

    def attempt(n: int) -> None:
        target, who = job.targets[n]
        action: Callable[..., object]
        if job.scenario == "programme":
            action = partial(actions.enrol, programme=programmes[target])
        else:
            action = partial(actions.book_seat, session=sessions[target])
        attempts.attempt(partial(action, by=account, now=timezone.now(), participant=people[who]))

    return Ready(attempt, attempts.answers)
