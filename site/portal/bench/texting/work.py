"""What one worker does, through the real actions and the real client."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from sms import leases
from sms.dispatch import dispatch_due
from sms.foresight import foresee
from sms.handover import hand_over
from sms.looking_up import look_up
from sms.transports import Message, get_transport

#: Seconds between two looks when nothing is due.
_PAUSE = 0.2
#: As long as a real one, with an address.
_BODY = (
    "Vous avez RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise (salle 2). Présence "
    "obligatoire. Apportez une pièce d'identité. Un problème ? 01 99 00 00 01"
)


def warm_up() -> None:
    """Load what is loaded only when it is first used: a worker lives for hours, not for the second
    until it is shot. Leaves no connection open, so that children may be forked."""
    carrier = get_transport()
    carrier.look_up("+33639980000", _BODY, timezone.now())
    carrier.close()
    now = timezone.now()
    with transaction.atomic():
        claims = leases.claim(leases.BATCH, now)
        foresee(claims, now)
        for claim in claims[:1]:
            hand_over(claim, now)
        transaction.set_rollback(True)
    connections.close_all()


def dispatch() -> None:
    """Until it is ended: what the worker's clock starts each minute, again and again."""
    carrier = get_transport()
    while True:
        counts = dispatch_due(seconds=5, transport=carrier)
        looked = look_up(seconds=5, transport=carrier)
        if not counts.sent and not looked.found and not looked.again:
            time.sleep(_PAUSE)


def send_bare(first: int, end: int) -> None:
    """The same client, and nothing else; to an account of its own, where nobody counts."""
    settings.TWILIO_ACCOUNT_SID = "AC00000000000000000000000000000002"
    carrier = get_transport()
    for n in range(first, end):
        carrier.send(Message(n, "INFO RDV", f"+3363998{n:04d}", _BODY, 1))
    carrier.close()
