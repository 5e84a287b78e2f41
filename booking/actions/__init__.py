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
from booking.actions.allow_texts import allow_texts
from booking.actions.book_seat import book_seat
from booking.actions.cancel_morning import cancel_morning
from booking.actions.cancel_session import cancel_session
from booking.actions.change_address import change_address
from booking.actions.change_phone import change_phone
from booking.actions.change_seats import change_seats
from booking.actions.confirm_offer import confirm_offer
from booking.actions.confirm_phone import confirm_phone
from booking.actions.decline_offer import decline_offer
from booking.actions.discard_sessions import discard_sessions
from booking.actions.enrol import enrol
from booking.actions.hide_from import hide_from
from booking.actions.hold_back import hold_back
from booking.actions.join_waiting_list import join_waiting_list
from booking.actions.keep_apart import keep_apart
from booking.actions.lead_together import lead_together
from booking.actions.leave_waiting_list import leave_waiting_list
from booking.actions.let_meet import let_meet
from booking.actions.let_overbook import let_overbook
from booking.actions.merge import merge
from booking.actions.move_seat import move_seat
from booking.actions.move_session import move_session
from booking.actions.move_up import move_up
from booking.actions.open_programme import open_programme
from booking.actions.open_session import open_session
from booking.actions.open_sessions import open_sessions
from booking.actions.record_history import record_history
from booking.actions.record_referral import record_referral
from booking.actions.refuse_texts import refuse_texts
from booking.actions.register_participant import register_participant
from booking.actions.release_seat import release_seat
from booking.actions.report_wrong_number import report_wrong_number
from booking.actions.require_interview import require_interview
from booking.actions.reserve_venue import reserve_venue
from booking.actions.serve_waiting_lists import serve_waiting_lists
from booking.actions.set_languages import set_languages
from booking.actions.set_offer_policy import set_offer_policy
from booking.actions.share_phone import share_phone
from booking.actions.show_to import show_to
from booking.actions.swap_seats import swap_seats
from booking.actions.tell_apart import tell_apart
from booking.actions.unmerge import unmerge
from booking.actions.withdraw import withdraw

__all__ = [
    "add_member",
    "add_partner",
    "add_practitioner",
    "add_referrer",
    "add_service",
    "add_venue",
    "allow_texts",
    "book_seat",
    "cancel_morning",
    "cancel_session",
    "change_address",
    "change_phone",
    "change_seats",
    "confirm_offer",
    "confirm_phone",
    "decline_offer",
    "discard_sessions",
    "enrol",
    "hide_from",
    "hold_back",
    "join_waiting_list",
    "keep_apart",
    "lead_together",
    "leave_waiting_list",
    "let_meet",
    "let_overbook",
    "merge",
    "move_seat",
    "move_session",
    "move_up",
    "open_programme",
    "open_session",
    "open_sessions",
    "record_history",
    "record_referral",
    "refuse_texts",
    "register_participant",
    "release_seat",
    "report_wrong_number",
    "require_interview",
    "reserve_venue",
    "serve_waiting_lists",
    "set_languages",
    "set_offer_policy",
    "share_phone",
    "show_to",
    "swap_seats",
    "tell_apart",
    "unmerge",
    "withdraw",
]
