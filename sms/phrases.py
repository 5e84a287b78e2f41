"""The French of the texts, word for word (domain.md, "Wording checked at 160 characters or fewer").

`{binding}` and `{binding_day1}` are empty for a volunteer. Nothing here names a service, a person
or an office; sms/discretion.py holds that at the door.
"""

from __future__ import annotations

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
TOMORROW, TODAY = "demain", "aujourd'hui"

BINDING = "Présence obligatoire. "
BINDING_DAY1 = "Présence obligatoire, une absence est signalée. "
_CALL = "Un problème ? {phone}"

SUMMONS = f"Vous avez RDV {{when}}, {{place}}. {{binding}}Apportez une pièce d'identité. {_CALL}"
SUMMONS_TWO_DAYS = (
    "RDV {two_days}, {hours}, {address}. Venez les 2 jours, à l'heure. Pièce d'identité. " + _CALL
)
SUMMONS_MANY = (
    "{count} RDV à partir du {when}, {address}. {binding}Chaque RDV vous sera rappelé. " + _CALL
)
DAY7 = "Rappel : RDV {when}, {address}. Prévoyez votre trajet et prévenez votre employeur. " + _CALL
DAY1 = f"Rappel : RDV {{near}} {{when}}, {{address}}. {{binding_day1}}{_CALL}"
CANCELLED = (
    "ANNULÉ : votre RDV du {was} n'a pas lieu. Ne venez pas. Nous vous donnerons une autre date. "
    "Infos : {phone}"
)
# The place alone, the time alone, both; and what is new where the old time is not known.
CHANGED_PLACE = "CHANGEMENT : votre RDV du {was} a lieu {at} {place}. Infos : {phone}"
CHANGED = "CHANGEMENT : votre RDV du {was} est déplacé au {when}, {address}. Infos : {phone}"
CHANGED_BOTH = "CHANGEMENT : votre RDV du {was} est déplacé au {when}, {place}. Infos : {phone}"
CHANGED_UNKNOWN = "CHANGEMENT : votre RDV a lieu le {when}, {place}. Infos : {phone}"
AT_NUMBER, AT_NAME = "au", "ici :"

#: Said shorter, one after the other, while a long address would make a second segment of it.
TIGHTER = (
    ("Apportez une pièce d'identité.", "Pièce d'identité."),
    (", une absence est signalée.", ", absence signalée."),
    ("Venez les 2 jours, à l'heure.", "Venez les 2 jours."),
    ("Prévoyez votre trajet et prévenez votre employeur.", "Prévenez votre employeur."),
    ("CHANGEMENT : votre RDV", "CHANGEMENT : RDV"),
    (" est déplacé au ", " déplacé au "),
)

# A shared phone: day, date, time and the number to call; no place, and no duty.
DISCREET_SUMMONS = f"Vous avez RDV {{when}}. {_CALL}"
DISCREET_TWO_DAYS = f"Vous avez RDV {{two_days}}, {{hours}}. {_CALL}"
DISCREET_MANY = f"Vous avez {{count}} RDV à partir du {{when}}. {_CALL}"
DISCREET_DAY7 = f"Rappel : RDV {{when}}. {_CALL}"
DISCREET_DAY1 = f"Rappel : RDV {{near}} {{when}}. {_CALL}"
DISCREET_CHANGED_PLACE = "CHANGEMENT : votre RDV du {was} change de lieu. Infos : {phone}"
DISCREET_CHANGED = "CHANGEMENT : votre RDV du {was} est déplacé au {when}. Infos : {phone}"
DISCREET_CHANGED_UNKNOWN = "CHANGEMENT : votre RDV a lieu le {when}. Infos : {phone}"

TEMPLATES = (
    *(SUMMONS, SUMMONS_TWO_DAYS, SUMMONS_MANY, DAY7, DAY1, CANCELLED),
    *(CHANGED_PLACE, CHANGED, CHANGED_BOTH, CHANGED_UNKNOWN),
    *(DISCREET_SUMMONS, DISCREET_TWO_DAYS, DISCREET_MANY, DISCREET_DAY7, DISCREET_DAY1),
    *(DISCREET_CHANGED_PLACE, DISCREET_CHANGED, DISCREET_CHANGED_UNKNOWN),
)
#: Everything that every text may say to anybody.
EVERYDAY = (
    *(*TEMPLATES, *DAYS, *MONTHS, TOMORROW, TODAY),
    *(BINDING, BINDING_DAY1, AT_NUMBER, AT_NAME, "ET", "1er"),
)
