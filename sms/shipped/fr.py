"""The French of the texts. Word for word where domain.md gives it ("Wording checked at 160
characters or fewer"). What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "Un problème ? {tel}"
_BRING = "[Présence obligatoire. ]Apportez une pièce d'identité. "
_EVE = "[Présence obligatoire, une absence est signalée. ]"
_TRIP = "Prévoyez votre trajet et prévenez votre employeur. "
_OTHER_DATE = "Ne venez pas. Nous vous donnerons une autre date. Infos : {tel}"
_TAKE_IT = "Appelez le {tel} avant le {avant} pour la prendre."

_TOLD = {
    Kind.SUMMONS: "Vous avez RDV {quand}, {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "RDV {deux_jours}, {horaires}, {adresse}. Venez les 2 jours, à l'heure. Pièce d'identité. "
        + _TROUBLE
    ),
    Kind.SUMMONS_MANY: (
        "Vous avez {nombre} RDV : {rdv}. " + _BRING + "Chaque RDV vous sera rappelé. " + _TROUBLE
    ),
    Kind.SUMMONS_SAME_DAY: "Vous avez RDV {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "Rappel : RDV {quand}, {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Rappel : RDV {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "Rappel : RDV {demain} {quand}, {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Rappel : RDV {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "RDV {demain} {quand}, {adresse}. " + _TROUBLE,
    Kind.CANCELLED: "ANNULÉ : votre RDV du {ancien} n'a pas lieu. " + _OTHER_DATE,
    Kind.CANCELLED_SAME_DAY: "ANNULÉ : vos RDV du {ancien} n'ont pas lieu. " + _OTHER_DATE,
    Kind.CHANGED_PLACE: "CHANGEMENT : votre RDV du {ancien} a lieu {au_lieu}. Infos : {tel}",
    Kind.CHANGED: (
        "CHANGEMENT : votre RDV du {ancien} est déplacé au {quand}, {adresse}. Infos : {tel}"
    ),
    Kind.CHANGED_BOTH: (
        "CHANGEMENT : votre RDV du {ancien} est déplacé au {quand}, {lieu}. Infos : {tel}"
    ),
    Kind.CHANGED_UNKNOWN: "CHANGEMENT : votre RDV a lieu le {quand}, {lieu}. Infos : {tel}",
    Kind.CHANGED_SAME_DAY: "CHANGEMENT : vos RDV ont lieu le {rdv}. Infos : {tel}",
    Kind.MISSED: (
        "Vous avez manqué votre RDV du {quand}. Appelez vite le {tel} pour fixer une autre date."
    ),
    Kind.OFFER: "Une place est libre : RDV {quand}, {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Une place est libre : {nombre} RDV, {rdv}. " + _TAKE_IT,
    # What is true of a reply: it stands in a list that somebody reads, perhaps tomorrow.
    Kind.ANSWER: (
        "Votre message est arrivé. Il peut être lu tard. Pour une réponse, appelez le {tel}."
    ),
}

#: A shared phone: day, date, time and the number to call; no place, and no duty. The other kinds
#: have the words above.
_DISCREET = {
    Kind.SUMMONS: "Vous avez RDV {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "Vous avez RDV {deux_jours}, {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "Vous avez {nombre} RDV : {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "Vous avez RDV {dates}. " + _TROUBLE,
    Kind.DAY7: "Rappel : RDV {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Rappel : RDV {dates}. " + _TROUBLE,
    Kind.DAY1: "Rappel : RDV {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Rappel : RDV {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "RDV {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "CHANGEMENT : votre RDV du {ancien} change de lieu. Infos : {tel}",
    Kind.CHANGED: "CHANGEMENT : votre RDV du {ancien} est déplacé au {quand}. Infos : {tel}",
    Kind.CHANGED_BOTH: "CHANGEMENT : votre RDV du {ancien} est déplacé au {quand}. Infos : {tel}",
    Kind.CHANGED_UNKNOWN: "CHANGEMENT : votre RDV a lieu le {quand}. Infos : {tel}",
    Kind.CHANGED_SAME_DAY: "CHANGEMENT : vos RDV ont lieu le {dates}. Infos : {tel}",
    Kind.OFFER: "Une place est libre : RDV {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Une place est libre : {nombre} RDV, {dates}. " + _TAKE_IT,
}

#: Said shorter, one after the other, while a long address would make a second segment of it.
_TIGHTER = (
    ("Apportez une pièce d'identité.", "Pièce d'identité."),
    (", une absence est signalée.", ", absence signalée."),
    ("Venez les 2 jours, à l'heure.", "Venez les 2 jours."),
    ("Prévoyez votre trajet et prévenez votre employeur.", "Prévenez votre employeur."),
    ("Chaque RDV vous sera rappelé. ", ""),
    ("CHANGEMENT : votre RDV", "CHANGEMENT : RDV"),
    (" est déplacé au ", " déplacé au "),
    (
        "Appelez le {tel} avant le {avant} pour la prendre.",
        "Pour la prendre : {tel} avant le {avant}.",
    ),
    ("Une place est libre", "Place libre"),
    ("Vous avez RDV", "RDV"),
    (", absence signalée.", "."),
    (" Infos : {tel}", " {tel}"),
)

FRENCH = Shipped(_TOLD, _DISCREET, _TIGHTER)
