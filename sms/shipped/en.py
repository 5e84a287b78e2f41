"""English, to be reviewed before it leaves. What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "A problem? Call {tel}"
_BRING = "[You must attend. ]Bring your identity document. "
_EVE = "[You must attend. Absences are reported. ]"
_TRIP = "Plan your journey and tell your employer. "
_OTHER_DATE = "Do not come. We will give you another date. Call {tel}"
_TAKE_IT = "To take it, call {tel} before {avant}."

_TOLD = {
    Kind.SUMMONS: "You have an appointment on {quand}, {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "Appointment on {deux_jours}, {horaires}, {adresse}. Come on both days, on time. "
        "Bring your identity document. " + _TROUBLE
    ),
    Kind.SUMMONS_MANY: (
        "You have {nombre} appointments: {rdv}. "
        + _BRING
        + "You will be reminded of each. "
        + _TROUBLE
    ),
    Kind.SUMMONS_SAME_DAY: "You have appointments on {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "Reminder: appointment on {quand}, {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Reminder: appointments on {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "Reminder: appointment {demain} {quand}, {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Reminder: appointments {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "Appointment {demain} {quand}, {adresse}. " + _TROUBLE,
    Kind.CANCELLED: ("CANCELLED: your appointment of {ancien} will not take place. " + _OTHER_DATE),
    Kind.CANCELLED_SAME_DAY: (
        "CANCELLED: your appointments of {ancien} will not take place. " + _OTHER_DATE
    ),
    Kind.CHANGED_PLACE: (
        "CHANGE: your appointment of {ancien} takes place here: {lieu}. Questions: {tel}"
    ),
    Kind.CHANGED: "CHANGE: your appointment of {ancien} is now {quand}, {adresse}. Questions: {tel}",
    Kind.CHANGED_BOTH: "CHANGE: your appointment of {ancien} is now {quand}, {lieu}. Questions: {tel}",
    Kind.CHANGED_UNKNOWN: "CHANGE: your appointment is on {quand}, {lieu}. Questions: {tel}",
    Kind.CHANGED_SAME_DAY: "CHANGE: your appointments are on {rdv}. Questions: {tel}",
    Kind.MISSED: "You missed your appointment of {quand}. Call {tel} soon to set another date.",
    Kind.OFFER: "A place is free: appointment on {quand}, {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "A place is free: {nombre} appointments, {rdv}. " + _TAKE_IT,
    Kind.ANSWER: "Your message has arrived. It may be read late. For an answer, call {tel}.",
}

_DISCREET = {
    Kind.SUMMONS: "You have an appointment on {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "You have an appointment on {deux_jours}, {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "You have {nombre} appointments: {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "You have appointments on {dates}. " + _TROUBLE,
    Kind.DAY7: "Reminder: appointment on {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Reminder: appointments on {dates}. " + _TROUBLE,
    Kind.DAY1: "Reminder: appointment {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Reminder: appointments {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "Appointment {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "CHANGE: your appointment of {ancien} has another place. Questions: {tel}",
    Kind.CHANGED: "CHANGE: your appointment of {ancien} is now {quand}. Questions: {tel}",
    Kind.CHANGED_BOTH: "CHANGE: your appointment of {ancien} is now {quand}. Questions: {tel}",
    Kind.CHANGED_UNKNOWN: "CHANGE: your appointment is on {quand}. Questions: {tel}",
    Kind.CHANGED_SAME_DAY: "CHANGE: your appointments are on {dates}. Questions: {tel}",
    Kind.OFFER: "A place is free: appointment on {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "A place is free: {nombre} appointments, {dates}. " + _TAKE_IT,
}

ENGLISH = Shipped(_TOLD, _DISCREET)
