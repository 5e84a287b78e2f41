"""Whether the provider can report to an address of ours: one that it cannot use makes it refuse the
text."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def reachable(callback: str, *, base: str) -> bool:
    """From the provider, or from the stand-in for it on this machine at `base`."""
    asked = urlsplit(callback)
    host = asked.hostname or ""
    if _on_this_machine(host):
        return _on_this_machine(urlsplit(base).hostname or "")
    # As Twilio documents it: a valid hostname, and no underscores.
    return asked.scheme == "https" and "." in host and "_" not in host


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
