"""The verbs about texts, and the only writers of what staff decide about them. As in
`booking.actions`: keyword-only, `by`, `now`, a `key`, one transaction, a journal entry, the object back.
"""

from sms.actions.note_told import note_told
from sms.actions.pause_sending import pause_sending
from sms.actions.read_reply import read_reply
from sms.actions.resume_sending import resume_sending
from sms.actions.write_letters import write_letters

__all__ = [
    "note_told",
    "pause_sending",
    "read_reply",
    "resume_sending",
    "write_letters",
]
