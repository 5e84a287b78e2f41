"""What a code means for the people who work here: words, and what is to be done. No database.

The provider's codes are those of twilio.com/docs/api/errors; the others are ours, written into
`Text.problem` by sms/*.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Task(TextChoices):
    """What somebody should do, when the text did not arrive."""

    CALL = "call", _("call")
    ASK_AGAIN = "ask_again", _("ask for the number again")
    LETTER = "letter", _("write a letter")
    NONE = "none", _("nothing to do")


@dataclass(frozen=True, slots=True)
class Problem:
    """`number_is_bad`: nothing more may go to that number. `opted_out`: the person told the operator
    that they want no texts. `ours`: neither the person nor the number; something here, or between
    the provider and us, is to be put right."""

    words: str | Promise
    task: Task = Task.CALL
    number_is_bad: bool = False
    opted_out: bool = False
    ours: bool = False


def of(code: str) -> Problem:
    """Never raises: a code that nobody has met is told as it is."""
    if code in _KNOWN:
        return _KNOWN[code]
    if len(code) == 3 and code.startswith("5") and code.isdigit():
        return _FAULT
    if code in {"400", "402", "403", "404", "405", "413"} or code in _REFUSES_US:
        return _US
    shown = code or "?"
    return Problem(_("refused by the operator (code %(code)s)") % {"code": shown})


def blames_the_number(code: str) -> bool:
    """Whether it says something of the person's number, so that the provider's account must be well.
    What nobody has met says nothing."""
    return code in _THEIRS and not _THEIRS[code].ours


_UNKNOWN_NUMBER = Problem(_("unknown number"), number_is_bad=True)
_NO_NUMBER = Problem(_("not a valid number"), Task.ASK_AGAIN, number_is_bad=True)
_LANDLINE = Problem(_("a landline, or a number that receives no texts"))
_OPTED_OUT = Problem(_("has asked the operator for no more texts"), opted_out=True)
_UNREACHABLE = Problem(_("the phone was off or out of reach"))
_FILTERED = Problem(_("held back by the operator as unwanted"), ours=True)
_SENDER = Problem(_("the sender's name or number is not allowed there"), ours=True)
_COUNTRY = Problem(_("texts to that country are not switched on"), ours=True)
_LONG = Problem(_("too long"), ours=True)
_BUSY = Problem(_("the operator had too much to send"), ours=True)
_FAULT = Problem(_("the operator had a fault"), ours=True)
_US = Problem(_("the operator refuses our account: credit, password or suspension"), ours=True)
_UNSAID = Problem(_("not delivered, and the operator does not say why"))
_LEFT_OPEN = Problem(_("it is not certain whether it left"), ours=True)
_NOTHING = Task.NONE

_REFUSES_US = frozenset(
    {"401", "10001", "20003", "20005", "20006", "20008", "20404", "30002", "63038", "90010"}
)
#: By Twilio's own codes.
_THEIRS = {
    "21211": _NO_NUMBER,
    "21217": _NO_NUMBER,
    "21604": _NO_NUMBER,
    "30005": _UNKNOWN_NUMBER,
    "21614": _LANDLINE,
    "30006": _LANDLINE,
    "21610": _OPTED_OUT,
    "30003": _UNREACHABLE,
    "30004": Problem(_("blocked by the operator or by the person")),
    "30007": _FILTERED,
    "30450": _FILTERED,
    "21408": _COUNTRY,
    "21612": Problem(_("this sender cannot reach that number"), ours=True),
    "21212": _SENDER,
    "21401": _SENDER,
    "21603": _SENDER,
    "21606": _SENDER,
    "21657": _SENDER,
    "21659": _SENDER,
    "21660": _SENDER,
    "21703": _SENDER,
    "21704": _SENDER,
    "21705": _SENDER,
    "30024": _SENDER,
    "30034": _SENDER,
    "21602": Problem(_("there were no words in it"), ours=True),
    "21605": _LONG,
    "21617": _LONG,
    "30019": _LONG,
    "21609": Problem(_("our address for reports is not right"), ours=True),
    "21608": Problem(_("a trial account writes to known numbers only"), ours=True),
    "21611": _BUSY,
    "30001": _BUSY,
    "30017": _BUSY,
    "30022": _BUSY,
    "429": _BUSY,
    "21730": _FAULT,
    "30410": _FAULT,
    "30008": _UNSAID,
    "30036": Problem(_("too late: it waited too long at the operator"), ours=True),
}
#: What sms/*.py writes.
_OURS = {
    "late": Problem(_("too late to send")),
    "hours": Problem(_("not at this hour")),
    "daily_cap": Problem(_("enough texts to this person for one day")),
    "pace": Problem(_("waits for its turn"), _NOTHING),
    "wording": Problem(_("the words would have said too much"), ours=True),
    "sender": Problem(_("the sender's name tells who writes, or why"), ours=True),
    "unreachable": Problem(_("no text can reach this person")),
    "obsolete": Problem(_("no longer true"), _NOTHING),
    "changed": Problem(_("the appointment changed meanwhile"), _NOTHING),
    "dispatcher_died": _LEFT_OPEN,
    "not_found": _LEFT_OPEN,
    "timeout": _LEFT_OPEN,
    "connection_broke": _LEFT_OPEN,
    "unreadable_answer": _LEFT_OPEN,
    "too_many_to_look_up": _LEFT_OPEN,
    "408": _LEFT_OPEN,
    "409": _LEFT_OPEN,
    "undelivered": _UNSAID,
    "connection": Problem(_("the operator could not be reached"), ours=True),
    "fault": Problem(_("a fault of this program kept it from leaving"), ours=True),
    "asleep": Problem(_("our machine stood still just before it was to leave"), ours=True),
    "no_callback": Problem(_("the partner has no number that one could call"), ours=True),
    "outbox_folder": Problem(_("the folder for texts cannot be written"), ours=True),
}
_KNOWN = {**_THEIRS, **_OURS}
