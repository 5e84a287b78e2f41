"""What leaves as a text, in which words, by which rules, and what comes back."""

from sms.models.alert import Alert, AlertKind
from sms.models.incoming import Reply, ReplyKind, StatusReport
from sms.models.policy import TextPolicy
from sms.models.sending import SenderPace, Sending
from sms.models.text import TOLD, How, Step, Text, TextState
from sms.models.wording import Manner, OwnWording, ReviewedWording

__all__ = [
    "TOLD",
    "Alert",
    "AlertKind",
    "How",
    "Manner",
    "OwnWording",
    "Reply",
    "ReplyKind",
    "ReviewedWording",
    "SenderPace",
    "Sending",
    "StatusReport",
    "Step",
    "Text",
    "TextPolicy",
    "TextState",
]
