"""Whose record a partner's account may open: `access.participants_visible_to`, said once more for one
person, in the statement that reads the facts. Built by the ORM at each search it took longer than
all the rest; tests/booking/queries/test_finder_rights.py holds the two together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from booking import access
from booking.queries.finding.statement import listed


def values(by: access.Reader | None) -> dict[str, Any]:
    """`own` is None for those who may open every record."""
    held = access.scope(by) if by is not None else access.Scope(network=True)
    since: datetime = timezone.now() - access.VISIBLE_AFTER_CONTACT
    return {
        "own": None if held.network else sorted(held.admin_of),
        "account": (by.pk or 0) if by is not None else 0,
        "practises": sorted(held.practises_at),
        "known_since": since,
        "known_on": since.date(),
    }


def known() -> str:
    """SQL that is true when the account may open the record of :person, which it calls `p`."""
    return f"""(:own IS NULL OR (p.merged_into_id IS NULL
        AND ({_referred()} OR {_seated()} OR {_registered()})))"""


def _referred() -> str:
    return f"""EXISTS (SELECT 1 FROM booking_referral r WHERE r.participant_id = p.id
        AND r.partner_id IN ({listed("own")}) AND r.referred_on >= :known_on
        AND NOT {_hidden("r.partner_id")})"""


def _seated() -> str:
    led = f"""SELECT a.session_id FROM booking_assignment a
        JOIN booking_practitioner x ON x.id = a.practitioner_id
        WHERE x.user_id = :account AND x.partner_id IN ({listed("practises")})"""
    return f"""EXISTS (SELECT 1 FROM booking_seat o JOIN booking_session s ON s.id = o.session_id
        WHERE o.participant_id = p.id AND o.ends_at >= :known_since
        AND (s.partner_id IN ({listed("own")}) OR s.id IN ({led}))
        AND NOT {_hidden("s.partner_id")})"""


def _registered() -> str:
    return f"""(EXISTS (SELECT 1 FROM booking_journalentry j WHERE j.participant_id = p.id
            AND j.actor_id = :account AND j.verb = 'participant_registered'
            AND j.at >= :known_since)
        AND NOT EXISTS (SELECT 1 FROM booking_referral r WHERE r.participant_id = p.id)
        AND NOT EXISTS (SELECT 1 FROM booking_hiddenfrom h WHERE h.participant_id = p.id
            AND h.partner_id IN ({listed("own")})))"""


def _hidden(partner: str) -> str:
    return f"""EXISTS (SELECT 1 FROM booking_hiddenfrom h
        WHERE h.participant_id = p.id AND h.partner_id = {partner})"""
