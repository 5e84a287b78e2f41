"""A stand-in for Twilio's message API: real HTTP on loopback, spoken to by the real client, with a
memory. In a test: `StandIn`. In a process of its own: `python -m tests.sms.stand_in --port 0`."""

from __future__ import annotations

from tests.sms.stand_in.moods import SLOW, Faults, Mood
from tests.sms.stand_in.server import StandIn

__all__ = ["SLOW", "Faults", "Mood", "StandIn"]
