from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.mapping import Start, Step, in_order, mapped
from tests.factories import PARIS


def on(day: int, hour: int = 18, minute: int = 0) -> Start:
    """Of March 2026: Monday is the 2nd, the 9th, the 16th."""
    return (date(2026, 3, day), time(hour, minute))


def went(old: list[Start], new: list[Start], *, by_month: bool = False) -> list[Start | None]:
    found = mapped(old, among=old, onto=new, by_month=by_month)
    return [found.get(start) for start in old]


def test_the_same_day_stays_whatever_its_hour() -> None:
    assert went([on(3), on(10)], [on(3, 19), on(10, 19)]) == [on(3, 19), on(10, 19)]


def test_another_day_is_the_nearest_of_the_same_week() -> None:
    assert went([on(3)], [on(2), on(6), on(9)]) == [on(2)]
    assert went([on(5)], [on(2), on(6)]) == [on(6)]


def test_a_week_without_a_new_date_has_no_place() -> None:
    assert went([on(3), on(10), on(17)], [on(5), on(19)]) == [on(5), None, on(19)]


def test_two_never_go_to_one_day_and_none_overtakes() -> None:
    assert went([on(2), on(3)], [on(4), on(5)]) == [on(4), on(5)]
    assert went([on(6), on(7)], [on(2), on(3)]) == [on(2), on(3)]
    assert went([on(2), on(3)], [on(5)]) == [None, on(5)]


def test_who_can_stay_stays_even_where_it_costs_another_its_place() -> None:
    assert went([on(3), on(4)], [on(2), on(3)]) == [on(3), None]


def test_by_the_month_the_nearest_day_of_the_month() -> None:
    last_friday, first_monday = on(27), (date(2026, 3, 2), time(18))
    assert went([last_friday], [first_monday, (date(2026, 4, 6), time(18))], by_month=True) == [
        first_monday
    ]


def test_slots_that_all_shift_keep_their_order() -> None:
    old = [on(2, 9), on(2, 9, 45), on(2, 10, 30)]
    new = [on(2, 10), on(2, 10, 45), on(2, 11, 30)]
    assert went(old, new) == new


def test_a_slot_keeps_its_number_though_others_are_empty() -> None:
    whole = [on(2, 9), on(2, 9, 45), on(2, 10, 30)]
    new = [on(2, 10), on(2, 10, 45), on(2, 11, 30)]
    assert mapped([on(2, 9, 45)], among=whole, onto=new) == {on(2, 9, 45): on(2, 10, 45)}


def test_a_slot_whose_hour_is_still_one_stays() -> None:
    """An opening that begins an hour earlier moves nobody."""
    old = [on(2, 9), on(2, 10), on(2, 11)]
    assert went(old, [on(2, 8), *old]) == old


def test_the_slots_of_a_shorter_opening_that_find_none_are_told() -> None:
    old = [on(2, 9), on(2, 10), on(2, 11)]
    assert went(old, [on(2, 10), on(2, 11)]) == [None, on(2, 10), on(2, 11)]


_DAYS = st.sets(st.integers(1, 28), max_size=12)


@settings(max_examples=200)
@given(old=_DAYS, new=_DAYS, by_month=st.booleans())
def test_nothing_is_given_twice_or_out_of_order(
    old: set[int], new: set[int], by_month: bool
) -> None:
    starts, onto = [on(day) for day in sorted(old)], [on(day, 19) for day in sorted(new)]
    found = mapped(starts, among=starts, onto=onto, by_month=by_month)
    given_ = [found[start] for start in starts if start in found]
    assert given_ == sorted(set(given_))
    assert set(given_) <= set(onto)
    for start, to in found.items():
        assert by_month or start[0].isocalendar()[:2] == to[0].isocalendar()[:2]
    for day in old & new:
        assert found[on(day)] == on(day, 19)


def _move(what: int, was: Start, to: Start, minutes: int = 60) -> Step:
    def stretch(start: Start) -> tuple[datetime, datetime]:
        begins = datetime.combine(*start, PARIS)
        return begins, begins + timedelta(minutes=minutes)

    return Step(what, stretch(was), stretch(to))


def test_slots_that_shift_later_go_from_the_last_to_the_first() -> None:
    moves = [_move(n, on(2, 9 + n), on(2, 10 + n)) for n in range(3)]
    assert [move.what for move in in_order(moves)] == [2, 1, 0]


def test_slots_that_shift_earlier_go_from_the_first_to_the_last() -> None:
    moves = [_move(n, on(2, 9 + n), on(2, 8 + n)) for n in range(3)]
    assert [move.what for move in in_order(moves)] == [0, 1, 2]


def test_a_weekly_series_is_never_longer_on_the_way() -> None:
    """Code pénal R131-36: a course of five weeks is a month at most, at every step."""
    days = [2, 9, 16, 23]
    moves = [_move(n, on(day), on(day + 3)) for n, day in enumerate(days)]
    assert [move.what for move in in_order(moves)] == [0, 1, 2, 3]
    back = [_move(n, on(day + 3), on(day)) for n, day in enumerate(days)]
    assert [move.what for move in in_order(back)] == [3, 2, 1, 0]


def test_two_days_in_a_row_do_not_meet_on_one() -> None:
    moves = [_move(n, on(2 + n), on(3 + n)) for n in range(2)]
    assert [move.what for move in in_order(moves)] == [1, 0]


@settings(max_examples=200)
@given(
    old=st.sets(st.integers(8, 19), max_size=10),
    new=st.sets(st.integers(8, 19), max_size=10),
    shift=st.sampled_from([0, 15, 30, 45]),
)
def test_no_step_goes_onto_what_has_not_moved(old: set[int], new: set[int], shift: int) -> None:
    starts = [on(2, hour) for hour in sorted(old)]
    onto = [on(2, hour, shift) for hour in sorted(new)]
    found = mapped(starts, among=starts, onto=onto)
    pairs = enumerate(found.items())
    moves = in_order(_move(n, was, to) for n, (was, to) in pairs)
    where = {move.what: move.was for move in moves}
    for move in moves:
        del where[move.what]
        assert not any(b < move.to[1] and move.to[0] < e for b, e in where.values())
        where[move.what] = move.to
