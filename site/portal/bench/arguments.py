from __future__ import annotations


def positive(text: str) -> int:
    """For argparse, which says the name of this function when it is not."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def share(text: str) -> float:
    """From 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value
