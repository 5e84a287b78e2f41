"""What each language of shipped words gives."""

from __future__ import annotations

from typing import NamedTuple

from sms.kinds import Kind


class Shipped(NamedTuple):
    """`told`: every kind; what stands in [brackets] a volunteer is not told. `discreet`: the kinds
    that say less on a shared phone. `tighter`: longer and shorter, in the order in which they are
    tried where a long address would cost a segment."""

    told: dict[Kind, str]
    discreet: dict[Kind, str]
    tighter: tuple[tuple[str, str], ...] = ()
