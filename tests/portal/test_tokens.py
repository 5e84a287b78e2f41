"""The contrast of every pair of colours that meet on a page, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import portal

_TOKENS = (Path(portal.__file__).parent / "static/portal/tokens.css").read_text()
_FAMILIES = (
    "interview",
    "course",
    "group",
    "psychology",
    "addiction",
    "social",
    "work",
    "housing",
)
_TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "accent", "accent-hover", "harm", "need")
        for ground in ("paper", "sheet", "sunken")
    ),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("harm", "harm-ground"),
    ("need", "need-ground"),
    *((family, f"{family}-ground") for family in _FAMILIES),
]
_SHAPES = [("line-control", ground) for ground in ("paper", "sheet", "sunken")]


def _themes() -> dict[str, dict[str, str]]:
    light, dark = _TOKENS.split("@media (prefers-color-scheme: dark)")
    colours = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    base = dict(colours.findall(light))
    return {"light": base, "dark": base | dict(colours.findall(dark.split("@media print")[0]))}


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(_TEXT, 4.5), (_SHAPES, 3.0)], ids=["text", "shapes"])
def test_contrast_is_enough(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = _themes()[theme]
    weak = {
        pair: round(found, 2)
        for pair in pairs
        if (found := _contrast(colours[pair[0]], colours[pair[1]])) < least
    }
    assert weak == {}
