"""Which new date takes the place of an old one when a rhythm changes. Pure: dates in, dates out.

1. A date of the old form that is one of the new form stays on its day. Otherwise it goes to the
   nearest day of the same week (Monday to Sunday), or of the same month for a rhythm by the month.
2. No two go to one day, and nobody overtakes: the second sitting stays after the first.
3. On its day a slot that begins at an hour of the new form stays. Otherwise it keeps its number of
   the day where it can, or goes to the nearest that is free, in the same order.

What finds no place has none: whoever sits there keeps the old date until somebody decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias, TypeVar

#: A day and an hour as the rhythm gives them, Paris wall-clock: the key of a `RhythmDate`.
Start: TypeAlias = tuple[date, time]

T = TypeVar("T")
#: Stays; goes somewhere at all; keeps its number of the day; how little it moves. Added up over all
#: pairs, and compared in this order.
_Score: TypeAlias = tuple[int, int, int, int]


def mapped(
    wanted: Collection[Start],
    *,
    among: Iterable[Start],
    onto: Iterable[Start],
    by_month: bool = False,
) -> dict[Start, Start]:
    """Old start → new start, for those of `wanted` that find one. `among` are all starts of the old
    form, whether wanted or not: they number the slots of a day. `onto` are those of the new one."""
    old, new, numbered = _by_day(wanted), _by_day(onto), _by_day([*among, *wanted])
    found: dict[Start, Start] = {}
    for day, to in _days(old, new, by_month=by_month):
        places = {start: n for n, start in enumerate(numbered[day])}
        new_places = {start: n for n, start in enumerate(new[to])}
        for start, other in _aligned(old[day], new[to], _slots(places, new_places)):
            found[day, start] = (to, other)
    return found


def _days(
    old: Collection[date], new: Collection[date], *, by_month: bool
) -> Iterator[tuple[date, date]]:
    groups: dict[Hashable, tuple[list[date], list[date]]] = defaultdict(lambda: ([], []))
    for which, days in enumerate((old, new)):
        for day in sorted(days):
            key = (day.year, day.month) if by_month else day.isocalendar()[:2]
            groups[key][which].append(day)
    for before, after in groups.values():
        yield from _aligned(before, after, _near)


def _near(one: date, other: date) -> _Score:
    return (one == other, 1, 0, -abs((one - other).days))


def _slots(places: dict[time, int], new_places: dict[time, int]) -> Callable[[time, time], _Score]:
    def score(one: time, other: time) -> _Score:
        in_place = places[one] == new_places[other]
        return (one == other, 1, in_place, -abs(_minute(one) - _minute(other)))

    return score


def _minute(of: time) -> int:
    return of.hour * 60 + of.minute


def _by_day(starts: Iterable[Start]) -> dict[date, list[time]]:
    days: dict[date, list[time]] = defaultdict(list)
    for day, start in sorted(set(starts)):
        days[day].append(start)
    return days


@dataclass(frozen=True)
class _Best:
    """The best pairs of the first so many of both lists, as a chain back to the beginning."""

    score: _Score = (0, 0, 0, 0)
    pair: tuple[int, int] | None = None
    before: _Best | None = None


def _aligned(
    old: Sequence[T], new: Sequence[T], score: Callable[[T, T], _Score]
) -> list[tuple[T, T]]:
    """Pairs in the order of both, with the highest sum of scores; some of either stay alone."""
    above = [_Best() for _ in range(len(new) + 1)]
    for i, one in enumerate(old):
        row = [above[0]]
        for j, other in enumerate(new):
            taken = _Best(_sum(above[j].score, score(one, other)), (i, j), above[j])
            # The earlier of two equals.
            row.append(max(above[j + 1], row[j], taken, key=lambda best: best.score))
        above = row
    return list(_chain(above[-1], old, new))[::-1]


def _chain(best: _Best | None, old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[T, T]]:
    while best is not None:
        if best.pair is not None:
            yield old[best.pair[0]], new[best.pair[1]]
        best = best.before


def _sum(one: _Score, other: _Score) -> _Score:
    a, b, c, d = one
    e, f, g, h = other
    return (a + e, b + f, c + g, d + h)


@dataclass(frozen=True)
class Step:
    """Something goes from one stretch of time to another, both Paris time. `what` is its key."""

    what: int
    was: tuple[datetime, datetime]
    to: tuple[datetime, datetime]


def in_order(moves: Iterable[Step]) -> list[Step]:
    """So that nothing goes to where something is that has not moved away yet.

    Nobody overtakes (see above), so those that go to a later time are free to move from the last to
    the first, and the others from the first to the last. The other way round a series is never longer on
    the way than before or after, which a course may need (at most a month): where no two would meet
    on one day, that comes first.
    """
    in_time = sorted(moves, key=lambda move: (move.was, move.what))
    later = [move for move in in_time if move.to > move.was]
    others = [move for move in in_time if move.to <= move.was]
    short = [*later, *reversed(others)]
    return short if not _meet(short) else [*reversed(later), *others]


def _meet(moves: list[Step]) -> bool:
    there = Counter(move.was[0].date() for move in moves)
    for move in moves:
        there[move.was[0].date()] -= 1
        if there[move.to[0].date()]:
            return True
        there[move.to[0].date()] += 1
    return False
