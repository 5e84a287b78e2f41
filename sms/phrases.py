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
    "ANNULÉ : votre RDV du {when} n'a pas lieu. Ne venez pas. Nous vous donnerons une autre date. "
    "Infos : {phone}"
)

#: Said shorter, one after the other, while a long address would make a second segment of it.
TIGHTER = (
    ("Apportez une pièce d'identité.", "Pièce d'identité."),
    (", une absence est signalée.", ", absence signalée."),
    ("Venez les 2 jours, à l'heure.", "Venez les 2 jours."),
    ("Prévoyez votre trajet et prévenez votre employeur.", "Prévenez votre employeur."),
)

# A shared phone: day, date, time and the number to call; no place, and no duty.
DISCREET_SUMMONS = f"Vous avez RDV {{when}}. {_CALL}"
DISCREET_TWO_DAYS = f"Vous avez RDV {{two_days}}, {{hours}}. {_CALL}"
DISCREET_MANY = f"Vous avez {{count}} RDV à partir du {{when}}. {_CALL}"
DISCREET_DAY7 = f"Rappel : RDV {{when}}. {_CALL}"
DISCREET_DAY1 = f"Rappel : RDV {{near}} {{when}}. {_CALL}"

TEMPLATES = (
    *(SUMMONS, SUMMONS_TWO_DAYS, SUMMONS_MANY, DAY7, DAY1, CANCELLED),
    *(DISCREET_SUMMONS, DISCREET_TWO_DAYS, DISCREET_MANY, DISCREET_DAY7, DISCREET_DAY1),
)
#: Everything that every text may say to anybody.
EVERYDAY = (*TEMPLATES, *DAYS, *MONTHS, TOMORROW, TODAY, BINDING, BINDING_DAY1, "ET", "1er")
