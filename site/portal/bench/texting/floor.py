"""What the bare client does in the same run: it takes turns with the dispatchers, so that a machine
that is busy for a while slows both."""

from __future__ import annotations

from portal.bench.texting.crew import Crew

_TURNS = 10


class Floor:
    def __init__(self, crew: Crew, texts: int, workers: int) -> None:
        self._crew, self._texts, self._workers = crew, texts, workers
        self._sent, self._seconds = 0, 0.0

    def send_some(self) -> None:
        """One turn's; nothing once all are sent."""
        end = min(self._texts, self._sent + max(self._workers, self._texts // _TURNS))
        if end > self._sent:
            self._seconds += self._crew.send_bare(self._sent, end, self._workers)
            self._sent = end

    def send_the_rest(self) -> None:
        while self._sent < self._texts:
            self.send_some()

    @property
    def per_s(self) -> float:
        return self._sent / self._seconds
