"""When practitioners are taken, read once for many dates."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from datetime import datetime

from booking.errors import PractitionerBusy
from booking.models import Assignment, Practitioner

Times = tuple[datetime, datetime]


class Diary:
    """What these practitioners lead between the first and the last of these times. Read and kept
    with them locked."""

    def __init__(self, leaders: Iterable[Practitioner], times: Collection[Times]) -> None:
        self._led: dict[int, list[Times]] = {leader.pk: [] for leader in leaders}
        if not self._led or not times:
            return
        led = Assignment.objects.filter(
            practitioner__in=list(self._led),
            active=True,
            starts_at__lt=max(end for _, end in times),
            ends_at__gt=min(start for start, _ in times),
        )
        for leader, start, end in led.values_list("practitioner_id", "starts_at", "ends_at"):
            self._led[leader].append((start, end))
        for taken in self._led.values():
            taken.sort()

    def refuse_busy(self, starts_at: datetime, ends_at: datetime) -> None:
        """Raise PractitionerBusy when one of them leads something then. Half-open: one session may
        begin when another ends."""
        for taken in self._led.values():
            # Nothing that one person leads overlaps: only the last to start before can be in the way.
            before = bisect_left(taken, (ends_at,))
            if before and taken[before - 1][1] > starts_at:
                raise PractitionerBusy

    def note(self, starts_at: datetime, ends_at: datetime) -> None:
        """All of them lead something then, from now on."""
        for taken in self._led.values():
            insort(taken, (starts_at, ends_at))
