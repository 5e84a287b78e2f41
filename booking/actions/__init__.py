"""The verbs, and the only writers. One file each; import the one you need from here.

Every action is keyword-only, names its actor (`by`, None for the system itself), takes the clock
once (`now`, an aware instant), writes its journal entries in its own transaction, returns the
object, and raises the errors of `booking.errors`.
"""

from booking.actions.add_member import add_member
from booking.actions.add_partner import add_partner
from booking.actions.add_practitioner import add_practitioner
from booking.actions.add_referrer import add_referrer
from booking.actions.add_service import add_service
from booking.actions.add_venue import add_venue
from booking.actions.book_seat import book_seat
from booking.actions.cancel_session import cancel_session
from booking.actions.confirm_phone import confirm_phone
from booking.actions.enrol import enrol
from booking.actions.open_programme import open_programme
from booking.actions.open_session import open_session
from booking.actions.record_history import record_history
from booking.actions.record_referral import record_referral
from booking.actions.register_participant import register_participant
from booking.actions.release_seat import release_seat
from booking.actions.withdraw import withdraw

__all__ = [
    "add_member",
    "add_partner",
    "add_practitioner",
    "add_referrer",
    "add_service",
    "add_venue",
    "book_seat",
    "cancel_session",
    "confirm_phone",
    "enrol",
    "open_programme",
    "open_session",
    "record_history",
    "record_referral",
    "register_participant",
    "release_seat",
    "withdraw",
]
