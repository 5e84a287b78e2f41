"""What some searches took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any


@dataclass
class Told:
    ms: list[float] = field(default_factory=list)
    queries: int = 0
    places: list[int] = field(default_factory=list)

    def add(self, ms: float, queries: int, places: int) -> None:
        self.ms.append(ms)
        self.queries = max(self.queries, queries)
        self.places.append(places)

    def report(self) -> dict[str, Any]:
        return {**times(self.ms), "queries": self.queries, "places": median(self.places)}


def times(ms: list[float]) -> dict[str, float]:
    cuts = quantiles(ms * 2 if len(ms) < 2 else ms, n=20)
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2)}


class Counted:
    """Queries, around a search: for `connection.execute_wrapper`."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *of: Any) -> Any:
        self.queries += 1
        return execute(*of)
