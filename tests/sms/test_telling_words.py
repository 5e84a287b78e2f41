"""The never-list finds its words in every dress, and nothing else."""

from __future__ import annotations

import pytest

from sms.neutral import tells
from sms.telling_words import never_in

DRESSED = (
    *(
        "v i o l e n c e",
        "v-i-o-l-e-n-c-e",
        "v_i_o_l_e_n_c_e",
        "v*i*o*l*e*n*c*e",
        "v.i.o.l.e.n.c.e",
    ),
    *("vi0lence", "VlOLENCE", "v10l3nce", "violen-ce", "vio lence", "vio len ce", "vio\u200blence"),
    *(
        "SP1P",
        "5PIP",
        "S P I P",
        "S-P-I-P",
        "S/P/I/P",
        "SPIPs",
        "SPIP-95",
        "C PCA",
        "cpc a",
        "C.P.C.A.",
    ),
    *("ＣＰＣＡ", "Ⓒⓟⓒⓐ", "CPCA95", "T J", "j.a.p.", "just1ce", "POLlCE", "tri-bunal", "l'a-vocat"),
)
FORMS = (
    *("viol", "violeur", "violenter", "groupe parole", "groupes de parole", "groupe-parole"),
    *("psychologiques", "thérapeutes", "alcooliques", "injonctions", "mandats", "condamnée"),
    *("condamner", "détenues", "prisons", "avocats", "gendarme", "policiers", "commissariat"),
    *("incarcéré", "correctionnel", "judiciairement", "juridique", "stupéfiant", "addictologues"),
    *("psychiatrique", "hébergements", "peine", "obligation de soins", "bracelet", "ex-conjointe"),
    *(
        "coupable",
        "coups",
        "frapper",
        "TJ",
        "cour d'appel",
        "procès",
        "prescripteurs",
        "plaignante",
    ),
    *(
        "agressions",
        "harcelée",
        "féminicide",
        "juridiction",
        "sanction",
        "socio-éducatif",
        "addicto",
    ),
)
INNOCENT = (
    *("rue de la Paix", "rue Violet", "3 place Violet", "allée des Violettes", "rue du Violon"),
    *("12 rue des Lilas, Pontoise (salle 2)", "18 bis rue du 8 Mai 1945", "Villejuif", "Saint-Ouen"),
    *("48 boulevard Jean Jaurès, L'Haÿ-les-Roses", "5 avenue du Général de Gaulle", "Juvisy"),
    *("1 rue de l'Hermitage", "40 boulevard des Coquibus", "Vitry-sur-Seine", "Mantes-la-Jolie"),
    *("6 avenue du Lac", "31 rue du Canal", "14 rue des Écluses", "2 rue des Marronniers", "Évry"),
    *("place de la République", "rue Victor Hugo", "rue Pasteur", "rue de la Gare", "Bobigny"),
    *("rue du Port", "rue du Stade", "rue de la Cour", "rue des Auvergnats", "rue Condorcet"),
    *("rue de l'Alouette", "rue du Commerce", "rue de Paris", "impasse de la Tour", "Argenteuil"),
    *("rue Détaillé", "rue Penthièvre", "rue Pénélope", "rue de Provence", "rue du Prieuré"),
    *("rue Delizy", "rue des Avocettes", "rue Psyché", "rue de la Violacée", "quai de Stalingrad"),
    *("La Courneuve", "Justin", "Auteuil", "porte d'Auteuil", "Le Perreux", "Maisons-Alfort"),
    *("Apportez une pièce d'identité.", "Venez à l'heure.", "Prévenez votre employeur."),
    *("Frappez avant d'entrer.", "Le RDV est pris. On vous attend.", "Une tenue correcte.", "Merci."),
    *("Pas de tenue exigée.", "Votre RDV est pris on vous attend.", "Sonnez, 2e étage, porte B."),
    *("Un problème ? 01 99 00 10 13", "Infos : 01.99.00.10.13", "à 9h00 et à 14h00", "9 h 30 à 16 h"),
    *("Présence obligatoire.", "Une absence est signalée.", "Venez avec vos lunettes.", "Badge"),
    *("Prévoyez votre trajet.", "Le code est 12A34.", "Merci d'arriver 5 minutes avant.", "Parking"),
    *("Pour un autre jour, appelez.", "Il y a un ascenseur.", "Accès par la cour.", "Prenez le bus"),
    *("Vous pouvez venir accompagné.", "Votre place est gardée.", "Une place s'est libérée."),
    *("Le lieu change.", "L'heure change.", "Attention aux travaux.", "Entrée par le jardin."),
    *("N'oubliez pas vos papiers.", "Rappel important.", "À bientôt.", "Bonne journée.", "Bonjour"),
    *("Nous vous attendons.", "Ne répondez pas à ce message.", "Ligne 13, sortie 2.", "Tram T1"),
    *("Un café vous attend.", "En cas de retard, appelez.", "Prochain RDV", "par quel bus", "si possible"),
    *("Accueil au rez-de-chaussée.", "Porte de droite.", "Composez le code.", "un coup s'il vous plaît"),
)  # fmt: skip


@pytest.mark.parametrize("word", DRESSED)
def test_a_word_in_disguise_is_found(word: str) -> None:
    assert never_in(f"RDV mardi. {word}. Infos : 01 99 00 10 13", "fr") != {}


@pytest.mark.parametrize("word", FORMS)
def test_a_form_of_a_word_is_found(word: str) -> None:
    assert never_in(f"RDV mardi. {word}. Infos", "fr") != {}


@pytest.mark.parametrize(
    "word", ["offending", "offender's", "abusing", "courthouse", "psychologists", "lawyers"]
)
def test_a_form_of_an_english_word_is_found(word: str) -> None:
    assert never_in(f"Appointment. {word}.", "en") != {}


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_is_left_alone(text: str) -> None:
    assert never_in(text, "fr") == {}


def test_there_are_a_hundred_innocent_texts() -> None:
    assert len(INNOCENT) >= 100


@pytest.mark.parametrize("text", ["The rapid train.", "Take it in turns.", "Off end of the road."])
def test_innocent_english_is_left_alone(text: str) -> None:
    assert never_in(text, "en") == {}


@pytest.mark.parametrize(
    "sender",
    ["SP1P", "JUST1CE", "JUSTlCE", "PSYRDV", "JAPIDF", "TJ PARIS", "TJPARIS", "DR ROY", "MOREL",
     "RDVMOREL", "AUBEPINE", "V1OLENCES", "ADDICTO", "VIOL", "POLlCE", "GENDARME", "TILLEULS",
     "ASSOCIATION", "COUR APPEL", "RESPONSABIL", "PASSERELLE"],
)  # fmt: skip
def test_a_sender_that_tells_is_refused(sender: str) -> None:
    people = ("Dr Hélène Morel",)
    others = ("Association Aubépine", "La Passerelle des Ormes")
    assert tells(sender, "Le Relais des Tilleuls", people, others, ("Stage de responsabilisation",))


@pytest.mark.parametrize(
    "sender",
    ["INFO RDV", "RDV 95", "RDV", "MON RDV", "RAPPEL RDV", "RDV PARIS", "AGENDA", "RDV MEAUX",
     "VOTRE RDV", "RENDEZ VOUS", "RDV PONTOIS", "INFO 93", "RDVIOLETTE"],
)  # fmt: skip
def test_a_neutral_sender_is_taken(sender: str) -> None:
    services = ("Entretien d'accueil", "Groupe de parole", "Suivi psychologique")
    assert not tells(sender, "Le Relais des Tilleuls", ("Dr Morel",), ("Cap Jonquille",), services)
