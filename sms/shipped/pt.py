"""Portuguese, to be reviewed before it leaves. What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "Um problema? {tel}"
_BRING = "[Presença obrigatória. ]Traga um documento de identidade. "
_EVE = "[Presença obrigatória, as faltas são comunicadas. ]"
_TRIP = "Prepare o trajeto e avise o seu patrão. "
_OTHER_DATE = "Não venha. Vamos dar-lhe outra data. Informações: {tel}"
_TAKE_IT = "Para ficar com ela, ligue {tel} antes de {avant}."

_TOLD = {
    Kind.SUMMONS: "Tem marcação: {quand}, {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "Marcação: {deux_jours}, {horaires}, {adresse}. Venha nos 2 dias, à hora certa. "
        "Documento de identidade. " + _TROUBLE
    ),
    Kind.SUMMONS_MANY: (
        "Tem {nombre} marcações: {rdv}. " + _BRING + "Vamos lembrar-lhe cada uma. " + _TROUBLE
    ),
    Kind.SUMMONS_SAME_DAY: "Tem marcações: {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "Lembrete: marcação {quand}, {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Lembrete: marcações {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "Lembrete: marcação {demain} {quand}, {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Lembrete: marcações {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "Marcação {demain} {quand}, {adresse}. " + _TROUBLE,
    Kind.CANCELLED: "ANULADA: a sua marcação de {ancien} não se realiza. " + _OTHER_DATE,
    Kind.CANCELLED_SAME_DAY: (
        "ANULADAS: as suas marcações de {ancien} não se realizam. " + _OTHER_DATE
    ),
    Kind.CHANGED_PLACE: "MUDANÇA: a sua marcação de {ancien} é aqui: {lieu}. Informações: {tel}",
    Kind.CHANGED: (
        "MUDANÇA: a sua marcação de {ancien} passa para {quand}, {adresse}. Informações: {tel}"
    ),
    Kind.CHANGED_BOTH: (
        "MUDANÇA: a sua marcação de {ancien} passa para {quand}, {lieu}. Informações: {tel}"
    ),
    Kind.CHANGED_UNKNOWN: "MUDANÇA: a sua marcação é {quand}, {lieu}. Informações: {tel}",
    Kind.CHANGED_SAME_DAY: "MUDANÇA: as suas marcações são {rdv}. Informações: {tel}",
    Kind.MISSED: "Faltou à sua marcação de {quand}. Ligue já {tel} para marcar outra data.",
    Kind.OFFER: "Há uma vaga: marcação {quand}, {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Há uma vaga: {nombre} marcações, {rdv}. " + _TAKE_IT,
    Kind.ANSWER: "A sua mensagem chegou. Pode ser lida tarde. Para uma resposta, ligue {tel}.",
}

_DISCREET = {
    Kind.SUMMONS: "Tem marcação: {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "Tem marcação: {deux_jours}, {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "Tem {nombre} marcações: {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "Tem marcações: {dates}. " + _TROUBLE,
    Kind.DAY7: "Lembrete: marcação {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Lembrete: marcações {dates}. " + _TROUBLE,
    Kind.DAY1: "Lembrete: marcação {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Lembrete: marcações {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "Marcação {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "MUDANÇA: a sua marcação de {ancien} muda de local. Informações: {tel}",
    Kind.CHANGED: "MUDANÇA: a sua marcação de {ancien} passa para {quand}. Informações: {tel}",
    Kind.CHANGED_BOTH: "MUDANÇA: a sua marcação de {ancien} passa para {quand}. Informações: {tel}",
    Kind.CHANGED_UNKNOWN: "MUDANÇA: a sua marcação é {quand}. Informações: {tel}",
    Kind.CHANGED_SAME_DAY: "MUDANÇA: as suas marcações são {dates}. Informações: {tel}",
    Kind.OFFER: "Há uma vaga: marcação {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Há uma vaga: {nombre} marcações, {dates}. " + _TAKE_IT,
}

PORTUGUESE = Shipped(_TOLD, _DISCREET)
