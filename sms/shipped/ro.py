"""Romanian, to be reviewed before it leaves; without its accents on the wire (ă â î ș ț are outside
the alphabet of texts). What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "O problemă? {tel}"
_BRING = "[Prezența este obligatorie. ]Aduceți un act de identitate. "
_EVE = "[Prezența este obligatorie, absențele sunt semnalate. ]"
_TRIP = "Pregătiți drumul și anunțați angajatorul. "
_OTHER_DATE = "Nu veniți. Vă vom da o altă dată. Informații: {tel}"
_TAKE_IT = "Pentru a-l ocupa, sunați la {tel} înainte de {avant}."

_TOLD = {
    Kind.SUMMONS: "Aveți programare {quand}, {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "Programare {deux_jours}, {horaires}, {adresse}. Veniți în ambele zile, la timp. "
        "Act de identitate. " + _TROUBLE
    ),
    Kind.SUMMONS_MANY: (
        "Aveți {nombre} programări: {rdv}. "
        + _BRING
        + "Vă vom aminti fiecare programare. "
        + _TROUBLE
    ),
    Kind.SUMMONS_SAME_DAY: "Aveți programări {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "Reamintire: programare {quand}, {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Reamintire: programări {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "Reamintire: programare {demain} {quand}, {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Reamintire: programări {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "Programare {demain} {quand}, {adresse}. " + _TROUBLE,
    Kind.CANCELLED: "ANULAT: programarea din {ancien} nu are loc. " + _OTHER_DATE,
    Kind.CANCELLED_SAME_DAY: "ANULAT: programările din {ancien} nu au loc. " + _OTHER_DATE,
    Kind.CHANGED_PLACE: "SCHIMBARE: programarea din {ancien} are loc aici: {lieu}. Informații: {tel}",
    Kind.CHANGED: "SCHIMBARE: programarea din {ancien} se mută {quand}, {adresse}. Informații: {tel}",
    Kind.CHANGED_BOTH: (
        "SCHIMBARE: programarea din {ancien} se mută {quand}, {lieu}. Informații: {tel}"
    ),
    Kind.CHANGED_UNKNOWN: "SCHIMBARE: programarea are loc {quand}, {lieu}. Informații: {tel}",
    Kind.CHANGED_SAME_DAY: "SCHIMBARE: programările au loc {rdv}. Informații: {tel}",
    Kind.MISSED: (
        "Ați lipsit de la programarea din {quand}. Sunați repede la {tel} pentru o altă dată."
    ),
    Kind.OFFER: "Este un loc liber: programare {quand}, {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Este un loc liber: {nombre} programări, {rdv}. " + _TAKE_IT,
    Kind.ANSWER: ("Mesajul a ajuns. Poate fi citit târziu. Pentru un răspuns, sunați la {tel}."),
}

_DISCREET = {
    Kind.SUMMONS: "Aveți programare {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "Aveți programare {deux_jours}, {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "Aveți {nombre} programări: {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "Aveți programări {dates}. " + _TROUBLE,
    Kind.DAY7: "Reamintire: programare {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "Reamintire: programări {dates}. " + _TROUBLE,
    Kind.DAY1: "Reamintire: programare {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "Reamintire: programări {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "Programare {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "SCHIMBARE: programarea din {ancien} are alt loc. Informații: {tel}",
    Kind.CHANGED: "SCHIMBARE: programarea din {ancien} se mută {quand}. Informații: {tel}",
    Kind.CHANGED_BOTH: "SCHIMBARE: programarea din {ancien} se mută {quand}. Informații: {tel}",
    Kind.CHANGED_UNKNOWN: "SCHIMBARE: programarea are loc {quand}. Informații: {tel}",
    Kind.CHANGED_SAME_DAY: "SCHIMBARE: programările au loc {dates}. Informații: {tel}",
    Kind.OFFER: "Este un loc liber: programare {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "Este un loc liber: {nombre} programări, {dates}. " + _TAKE_IT,
}

ROMANIAN = Shipped(_TOLD, _DISCREET)
