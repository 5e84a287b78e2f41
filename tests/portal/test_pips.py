from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.translation import override

from portal import pips
from portal.templatetags.jalon import in_words


def _kinds(*numbers: int) -> str:
    marks = {"taken": "●", "held": "◌", "free": "○", "over": "+"}
    return "".join(marks[pip.kind] for pip in pips.draw(*numbers).pips)


@pytest.mark.parametrize(
    ("numbers", "drawn"),
    [
        ((7, 10, 0), "●●●●●●●○○○"),
        ((4, 6, 1), "●●●●◌○"),
        ((0, 1, 0), "○"),
        ((11, 10, 0), "●●●●●●●●●●+"),
        ((1, 1, 1), "●+"),
    ],
)
def test_taken_first_then_offered_then_free(numbers: tuple[int, int, int], drawn: str) -> None:
    assert _kinds(*numbers) == drawn


def test_a_bar_stands_at_the_capacity_only_when_somebody_is_past_it() -> None:
    assert pips.draw(10, 10).bar is None
    drawing = pips.draw(11, 10)
    assert drawing.bar is not None
    assert drawing.pips[9].x < drawing.bar[0] < drawing.pips[10].x


@pytest.mark.parametrize("capacity", [1, 10, 16, 17, 40, 200])
def test_any_session_fits_on_a_phone(capacity: int) -> None:
    drawing = pips.draw(capacity, capacity)
    assert drawing.width <= 192
    assert max(pip.x for pip in drawing.pips) < drawing.width
    assert max(pip.y for pip in drawing.pips) < drawing.height


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((7, 10, 1), "7 places prises sur 10, 1 proposée"),
        ((0, 1, 0), "0 place prise sur 1"),
        ((1, 8, 2), "1 place prise sur 8, 2 proposées"),
    ],
)
def test_the_words_say_what_the_dots_show(numbers: tuple[int, int, int], words: str) -> None:
    assert in_words(*numbers) == words


def test_lengths_are_written_with_a_point_in_french() -> None:
    drawn = Template("{% load jalon %}{% pips 20 40 %}").render(Context())
    assert 'r="2.75"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("numbers", [(11, 10, 0), (9, 10, 2)])
def test_a_session_over_its_seats_is_marked_also_by_what_is_offered(
    numbers: tuple[int, int, int],
) -> None:
    with override("en"):
        words = in_words(*numbers)
    drawn = Template("{% load jalon %}{% pips a b c %}").render(
        Context(dict(zip("abc", numbers, strict=True)))
    )
    assert (words.endswith("over the number of seats"), "fill-over" in drawn) == (True, True)
