"""The walk over free places, in the order of time and no further than the page.

Each walk follows one partial index on the sessions that have room (`Session.Meta.indexes`): those
of one service, or of one purpose, in the whole network or at one partner. A page merges several.
"""

from __future__ import annotations

from django.db import connection

from booking.queries.finding import rules, spans
from booking.queries.finding.statement import listed

_KINDS = ("service", "purpose")


def walks(most: int, *, by_partner: bool) -> str:
    """The beginning of a statement: WITH a table `found` of (what, partner_id, id, starts_at), at
    most so many from each walk. A number in the text: a plan that did not know it would sort
    everything. With `by_partner` each of :partners, or each of all, has walks of its own: on the
    network's it would be met too rarely."""
    walks = " UNION ALL ".join(_walk(kind, most, by_partner) for kind in _KINDS)
    return f"WITH {spans.tables()} found AS ({walks})"


def _walk(kind: str, most: int, by_partner: bool) -> str:
    lateral = connection.vendor == "postgresql"
    at = "AND s.partner_id = p.id" if by_partner else ""
    undecided = f"AND {rules.undecided('s')}" if kind == "purpose" else ""
    walk = f"""
        SELECT s.id{", s.partner_id, s.starts_at" if lateral else ""} FROM booking_session s
        WHERE s.has_room AND s.state = 'planned' AND s.{kind}_id = w.key {at}
        AND s.starts_at >= w.since AND s.starts_at < :until
        AND s.starts_at >= :mark AND (s.starts_at, s.id) > (:mark, :mark_id)
        AND {rules.fits("s")} AND {rules.may_join("s")} {undecided}
        ORDER BY s.starts_at, s.id LIMIT {most}"""
    starts = rules.starts(kind, "w")
    if by_partner:
        starts += f""" CROSS JOIN (SELECT id FROM booking_partner
            WHERE :partners IS NULL OR id IN ({listed("partners")})) p"""
    # SQLite knows no LATERAL; CROSS JOIN keeps its order.
    one = f"LATERAL ({walk}) f" if lateral else f"booking_session f WHERE f.id IN ({walk})"
    return f"SELECT w.what, f.partner_id, f.id, f.starts_at FROM {starts} CROSS JOIN {one}"
