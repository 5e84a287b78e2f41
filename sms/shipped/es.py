"""Spanish, to be reviewed before it leaves. What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "¿Un problema? {tel}"
_BRING = "[Asistencia obligatoria. ]Traiga un documento de identidad. "
_EVE = "[Asistencia obligatoria, las ausencias se comunican. ]"
_TRIP = "Prepare su trayecto y avise a su empresa. "
_OTHER_DATE = "No venga. Le daremos otra fecha. Información: {tel}"
_TAKE_IT = "Para aceptarla, llame al {tel} antes del {avant}."

_TOLD = {
    Kind.SUMMONS: "Tiene cita el {quand}, {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "Cita {deux_jours}, {horaires}, {adresse}. Venga los 2 días, a la hora. "
        "Documento de identidad. " + _TROUBLE
    ),
    Kind.SUMMONS_MANY: (
        "Tiene {nombre} citas: {rdv}. " + _BRING + "Le recordaremos cada cita. " + _TROUBLE
    ),
    Kind.SUMMONS_SAME_DAY: "Tiene citas el {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "Recordatorio: cita el {quand}, {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Recordatorio: citas el {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "Recordatorio: cita {demain} {quand}, {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Recordatorio: citas {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "Cita {demain} {quand}, {adresse}. " + _TROUBLE,
    Kind.CANCELLED: "ANULADA: su cita del {ancien} no tendrá lugar. " + _OTHER_DATE,
    Kind.CANCELLED_SAME_DAY: "ANULADAS: sus citas del {ancien} no tendrán lugar. " + _OTHER_DATE,
    Kind.CHANGED_PLACE: "CAMBIO: su cita del {ancien} será aquí: {lieu}. Información: {tel}",
    Kind.CHANGED: "CAMBIO: su cita del {ancien} pasa al {quand}, {adresse}. Información: {tel}",
    Kind.CHANGED_BOTH: "CAMBIO: su cita del {ancien} pasa al {quand}, {lieu}. Información: {tel}",
    Kind.CHANGED_UNKNOWN: "CAMBIO: su cita es el {quand}, {lieu}. Información: {tel}",
    Kind.CHANGED_SAME_DAY: "CAMBIO: sus citas son el {rdv}. Información: {tel}",
    Kind.MISSED: "No vino a su cita del {quand}. Llame pronto al {tel} para fijar otra fecha.",
    Kind.OFFER: "Hay una plaza libre: cita el {quand}, {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Hay una plaza libre: {nombre} citas, {rdv}. " + _TAKE_IT,
    Kind.ANSWER: (
        "Su mensaje ha llegado. Puede que se lea tarde. Para una respuesta, llame al {tel}."
    ),
}

_DISCREET = {
    Kind.SUMMONS: "Tiene cita el {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "Tiene cita {deux_jours}, {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "Tiene {nombre} citas: {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "Tiene citas el {dates}. " + _TROUBLE,
    Kind.DAY7: "Recordatorio: cita el {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Recordatorio: citas el {dates}. " + _TROUBLE,
    Kind.DAY1: "Recordatorio: cita {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Recordatorio: citas {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "Cita {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "CAMBIO: su cita del {ancien} cambia de lugar. Información: {tel}",
    Kind.CHANGED: "CAMBIO: su cita del {ancien} pasa al {quand}. Información: {tel}",
    Kind.CHANGED_BOTH: "CAMBIO: su cita del {ancien} pasa al {quand}. Información: {tel}",
    Kind.CHANGED_UNKNOWN: "CAMBIO: su cita es el {quand}. Información: {tel}",
    Kind.CHANGED_SAME_DAY: "CAMBIO: sus citas son el {dates}. Información: {tel}",
    Kind.OFFER: "Hay una plaza libre: cita el {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Hay una plaza libre: {nombre} citas, {dates}. " + _TAKE_IT,
}

SPANISH = Shipped(_TOLD, _DISCREET)
