"""The verbs about texts, and the only writers of what staff decide about them. As in
`booking.actions`: keyword-only, `by`, `now`, a `key`, one transaction, a journal entry, the object back.
"""

from sms.actions.note_told import note_told
from sms.actions.pause_sending import pause_sending
from sms.actions.read_reply import read_reply
from sms.actions.restore_wording import restore_wording
from sms.actions.resume_sending import resume_sending
from sms.actions.review_wording import review_wording
from sms.actions.set_sender import set_sender
from sms.actions.set_text_policy import set_text_policy
from sms.actions.write_letters import write_letters
from sms.actions.write_wording import write_wording

__all__ = [
    "note_told",
    "pause_sending",
    "read_reply",
    "restore_wording",
    "resume_sending",
    "review_wording",
    "set_sender",
    "set_text_policy",
    "write_letters",
    "write_wording",
]
