"""The nouns, one idea a file. Rules that change rows live in `booking.actions`."""

from booking.models.answered import Answered
from booking.models.journal import JournalEntry
from booking.models.pair import AvoidancePair, TwoPeople
from booking.models.partner import Partner, Practitioner, Purpose, Service, Spoken, Venue
from booking.models.person import HiddenFrom, Participant, Referral, Referrer
from booking.models.programme import Enrolment, Programme
from booking.models.seat import Seat
from booking.models.session import Assignment, Session
from booking.models.staff import Membership, User
from booking.models.waiting import WaitingEntry

__all__ = [
    "Answered",
    "Assignment",
    "AvoidancePair",
    "Enrolment",
    "HiddenFrom",
    "JournalEntry",
    "Membership",
    "Participant",
    "Partner",
    "Practitioner",
    "Programme",
    "Purpose",
    "Referral",
    "Referrer",
    "Seat",
    "Service",
    "Session",
    "Spoken",
    "TwoPeople",
    "User",
    "Venue",
    "WaitingEntry",
]
