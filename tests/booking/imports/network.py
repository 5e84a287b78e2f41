"""The thirteen partners and the catalogue that the file names, made from the file itself."""

from __future__ import annotations

import csv
from pathlib import Path

import portal
from booking.models import Partner, Service
from booking.models.partner import ServiceFamily
from tests import factories

FILE = Path(portal.__file__).parent / "demo" / "orientations-2021-T1.csv"
CATALOGUE = {
    "Groupe de parole": ServiceFamily.GROUP,
    "Stage de responsabilisation": ServiceFamily.COURSE,
    "Suivi psychologique": ServiceFamily.PSYCHOLOGY,
    "Soin en addictologie": ServiceFamily.ADDICTION,
    "Accompagnement socio-éducatif": ServiceFamily.SOCIAL,
    "Accompagnement socio-professionnel": ServiceFamily.WORK,
    "Hébergement": ServiceFamily.HOUSING,
}
HEADINGS = FILE.read_bytes().decode("cp1252").splitlines()[0]
#: A row that can be taken; `line(Nom="…")` changes it.
GOOD = {
    "Date d'orientation": "13/12/2020",
    "Nom": "Kessler",
    "Prénom": "Gaël",
    "Né(e) le": "09/08/1962",
    "Téléphone": "06 39 98 01 95",
    "Langue": "français",
    "Cadre": "Sursis probatoire",
    "Prescripteur": "SPIP 77",
    "Échéance": "14/03/2021",
    "Dép.": "92",
    "Partenaire": "Le Fil d'Or",
    "Prestation": "Groupe de parole",
    "Première séance": "",
    "Remarque": "",
}


def catalogue() -> list[Service]:
    return [factories.service(family, name=name) for name, family in CATALOGUE.items()]


def partner(name: str = "Le Fil d'Or", department: str = "92") -> Partner:
    made = factories.partner(name=name, department=department)
    made.services.set(catalogue())
    return made


def thirteen() -> list[Partner]:
    """All that the file names but the one that does not exist."""
    rows = csv.DictReader(FILE.read_text("cp1252").splitlines(), delimiter=";")
    named = {(row["Partenaire"], row["Dép."]) for row in rows if row["Partenaire"]}
    return [partner(name, dep) for name, dep in sorted(named) if name != "Association Inconnue"]


def line(**changed: str) -> str:
    return ";".join({**GOOD, **changed}.values())


def table(*lines: str) -> bytes:
    return "\r\n".join([HEADINGS, *lines]).encode()
