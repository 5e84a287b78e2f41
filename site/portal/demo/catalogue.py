"""The demo's facts: partners, venues, practitioners, staff. All fictitious.

Partner and service names are those of the spreadsheet that is the demo's history. Telephone
numbers are of the range reserved for fiction (01 99 00).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from booking.models.staff import Role


class PartnerFact(NamedTuple):
    name: str
    slug: str
    department: str
    street: str
    postcode: str
    city: str
    practitioners: tuple[str, str]


class StaffFact(NamedTuple):
    email: str
    name: str
    role: Role
    partner: str | None


PARTNERS: Final = (
    PartnerFact("Association Aubépine", "aubepine", "75", "8 rue du Pressoir", "75020", "Paris",
                ("Claire Vidal", "Dr Antoine Roy")),
    PartnerFact("Le Relais des Tilleuls", "tilleuls", "77", "12 rue des Lilas", "77100", "Meaux",
                ("Dr Hélène Morel", "Sami Bouvier")),
    PartnerFact("Espace Belleroche", "belleroche", "77", "3 place du Parc", "77000", "Melun",
                ("Nadia Perrin", "Luc Garel")),
    PartnerFact("Association Coquelicot", "coquelicot", "78", "21 avenue des Prés", "78000",
                "Versailles", ("Marion Tessier", "Paul Huet")),
    PartnerFact("La Passerelle des Ormes", "ormes", "78", "5 allée des Ormes", "78200",
                "Mantes-la-Jolie", ("Inès Rolland", "Dr Marc Sarlat")),
    PartnerFact("Maison Dolmen", "dolmen", "91", "40 boulevard des Coquibus", "91000", "Évry",
                ("Sophie Carpentier", "Yann Le Bihan")),
    PartnerFact("Le Fil d'Or", "fil-d-or", "92", "17 rue de la Source", "92000", "Nanterre",
                ("Élise Fontaine", "Dr Omar Haddad")),
    PartnerFact("Association Églantine", "eglantine", "92", "2 rue des Marronniers", "92230",
                "Gennevilliers", ("Julie Mercier", "Thomas Aubry")),
    PartnerFact("Halte Garance", "garance", "93", "9 rue du Moulin", "93000", "Bobigny",
                ("Leïla Saïdi", "Hugo Brun")),
    PartnerFact("Association Hêtraie", "hetraie", "93", "31 rue du Canal", "93200", "Saint-Denis",
                ("Anne Delmas", "Dr Vincent Prat")),
    PartnerFact("Les Quatre Vents", "quatre-vents", "94", "6 avenue du Lac", "94000", "Créteil",
                ("Camille Rey", "Bruno Lopez")),
    PartnerFact("Association Iris", "iris", "94", "14 rue des Écluses", "94400",
                "Vitry-sur-Seine", ("Pauline Grange", "Karim Toumi")),
    PartnerFact("Cap Jonquille", "jonquille", "95", "1 rue de l'Hermitage", "95300", "Pontoise",
                ("Sarah Lemoine", "Dr Denis Collet")),
)  # fmt: skip

#: One of each role, and an admin of a second partner to see that each sees only their own.
STAFF: Final = (
    StaffFact("coordination@jalon.example", "Agnès Marchand", Role.COORDINATOR, None),
    StaffFact("tilleuls@jalon.example", "Odile Renard", Role.ADMIN, "tilleuls"),
    StaffFact("garance@jalon.example", "Mathieu Collin", Role.ADMIN, "garance"),
    StaffFact("morel@jalon.example", "Dr Hélène Morel", Role.PRACTITIONER, "tilleuls"),
    StaffFact("observation@jalon.example", "Comité de pilotage", Role.OBSERVER, None),
)

#: Partners with a closed group, and with a coming course; every partner has an open group.
WITH_CLOSED_GROUP: Final = ("tilleuls", "fil-d-or", "hetraie", "quatre-vents", "jonquille")
WITH_COURSE: Final = ("tilleuls", "coquelicot", "garance", "eglantine", "iris", "aubepine")
#: Receives victims too: one of its rooms is theirs alone, and nobody is ever seated there.
WITH_VICTIMS_VENUE: Final = "tilleuls"
