"""The walk over free places, in the order of time and no further than the page.

Each walk follows one partial index on the sessions that have room (`Session.Meta.indexes`): those
of one service, or of one purpose, in the whole network or at one partner. A page merges several.
"""

from __future__ import annotations

from django.db import connection

from booking.queries.finding import rules, spans
from booking.queries.finding.statement import listed

_COLUMNS = ("key", "service", "what", "since", "before")


def walks(most: int, *, by_partner: bool) -> str:
    """The beginning of a statement: WITH a table `found` of (what, partner_id, id, starts_at), at
    most so many from each walk. A number in the text: a plan that did not know it would sort
    everything. With `by_partner` each of :partners, or each of all, has walks of its own: on the
    network's it would be met too rarely."""
    of_service = _walk("service", "s.service_id = w.key", most, by_partner)
    slot = f"s.purpose_id = w.key AND s.service_id = w.service AND {rules.undecided('s')}"
    of_purpose = _walk("purpose", slot, most, by_partner)
    return f"WITH {spans.tables()} found AS ({of_service} UNION ALL {of_purpose})"


def _walk(kind: str, which: str, most: int, by_partner: bool) -> str:
    lateral = connection.vendor == "postgresql"
    at = "AND s.partner_id = p.id" if by_partner else ""
    walk = f"""
        SELECT s.id{", s.partner_id, s.starts_at" if lateral else ""} FROM booking_session s
        WHERE s.has_room AND s.state = 'planned' AND {which} {at}
        AND s.starts_at >= w.since AND s.starts_at < w.before AND s.starts_at < :until
        AND s.starts_at >= :mark AND (s.starts_at, s.id) > (:mark, :mark_id)
        AND {rules.fits("s")} AND {rules.may_join("s")}
        ORDER BY s.starts_at, s.id LIMIT {most}"""
    begin = _begin(kind)
    if by_partner:
        begin += f""" CROSS JOIN (SELECT id FROM booking_partner
            WHERE :partners IS NULL OR id IN ({listed("partners")})) p"""
    # SQLite knows no LATERAL; CROSS JOIN keeps its order.
    one = f"LATERAL ({walk}) f" if lateral else f"booking_session f WHERE f.id IN ({walk})"
    return f"SELECT w.what, f.partner_id, f.id, f.starts_at FROM {begin} CROSS JOIN {one}"


def _begin(kind: str) -> str:
    """The walks of this kind as a table."""
    lists = [f":{kind}_{column}" for column in _COLUMNS]
    if connection.vendor == "postgresql":
        return f"unnest({', '.join(lists)}) w ({', '.join(_COLUMNS)})"
    tables = " JOIN ".join(
        f"json_each({name}) c{n}" + (f" ON c{n}.key = c0.key" if n else "")
        for n, name in enumerate(lists)
    )
    columns = ", ".join(f"c{n}.value AS {name}" for n, name in enumerate(_COLUMNS))
    return f"(SELECT {columns} FROM {tables}) w"
