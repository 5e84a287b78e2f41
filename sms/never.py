"""Words that a text never holds: domain.md's list, with the forms, offices and themes that say the
same, in each language that texts are written in. Folded: no case, no accents (sms.discretion.fold).

French counts in a text of any language: that is what a partner's own words are taken from.
"""

from __future__ import annotations

from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models.language import Language


class Group(Enum):
    """Why a word is on the list."""

    ACT = "act"
    PEOPLE = "people"
    LAW = "law"
    OFFICE = "office"
    CARE = "care"


#: Why not, in words that the person who writes templates can act on.
WHY: dict[Group, Promise] = {
    Group.ACT: _("it says what the person is accused of; the phone may be in somebody else's hand"),
    Group.PEOPLE: _("it says which side the person is on; the phone may be the victim's by now"),
    Group.LAW: _("it says that a court or the police sends the person; say “RDV” and no more"),
    Group.OFFICE: _("it names an office by which a stranger would know the reason"),
    Group.CARE: _("it names the theme or the service; say “RDV” and no more"),
}

_LISTS: dict[str, dict[Group, str]] = {
    Language.FRENCH: {
        Group.ACT: (
            "violence violences violent violents violente violentes conjugal conjugale conjugales "
            "conjugaux harcelement harceleur delit delits infraction infractions crime crimes plainte "
            "plaintes garde-a-vue ne-frappez-pas"
        ),
        Group.PEOPLE: (
            "auteur auteurs autrice autrices victime victimes agresseur agresseurs agresseuse "
            "detenu detenue detenus condamne condamnes"
        ),
        Group.LAW: (
            "justice judiciaire judiciaires tribunal tribunaux juge juges jugement parquet procureur "
            "procureure procureurs magistrat magistrate magistrats police gendarmerie avocat avocate "
            "penal penale penales penaux probation sursis condamnation condamnations prison "
            "detention ecrou incarceration mandat injonction prescripteur"
        ),
        Group.OFFICE: "spip cpip cpca jap jld crpc csapa caarud arile fnacav drdfe",
        Group.CARE: (
            "stage stages responsabilisation therapie therapies therapeutique therapeute psychologue "
            "psychologues psychologique psychologie psychiatre psychiatrie psy addiction addictions "
            "addictologie addictologue alcool alcoolique alcoologie drogue drogues stupefiants "
            "groupe-de-parole hebergement"
        ),
    },
    Language.ENGLISH: {
        Group.ACT: "violence violent abuse abusive assault offence offences offense crime battering",
        Group.PEOPLE: (
            "victim victims offender offenders perpetrator perpetrators abuser abusers defendant "
            "convicted inmate"
        ),
        Group.LAW: (
            "justice court courts judge judges prosecutor police lawyer penal criminal probation "
            "parole prison jail sentence sentenced detention custody"
        ),
        Group.CARE: (
            "therapy therapist therapeutic psychologist psychological psychiatrist psychiatry "
            "addiction alcohol alcoholic drug drugs rehab talk-group"
        ),
    },
    Language.SPANISH: {
        Group.ACT: (
            "violencia violento violenta maltrato agresion delito delitos denuncia crimen conyugal"
        ),
        Group.PEOPLE: (
            "victima victimas agresor agresora agresores maltratador autor autora autores condenado "
            "acusado preso detenido"
        ),
        Group.LAW: (
            "justicia judicial tribunal juzgado juez jueza jueces fiscal fiscalia policia abogado "
            "abogada penal carcel prision condena libertad-condicional"
        ),
        Group.CARE: (
            "terapia terapeuta psicologo psicologa psicologico psicologica psiquiatra adiccion "
            "adicciones alcohol alcoholismo droga drogas"
        ),
    },
    Language.PORTUGUESE: {
        Group.ACT: "violencia violento violenta agressao maus-tratos delito crime queixa conjugal",
        Group.PEOPLE: (
            "vitima vitimas agressor agressora agressores autor autora autores arguido condenado "
            "acusado preso detido recluso"
        ),
        Group.LAW: (
            "justica judicial tribunal juiz juiza juizes procurador ministerio-publico policia "
            "advogado advogada penal prisao cadeia pena liberdade-condicional"
        ),
        Group.CARE: (
            "terapia terapeuta psicologo psicologa psicologico psicologica psiquiatra "
            "toxicodependencia alcool alcoolismo droga drogas"
        ),
    },
    Language.ROMANIAN: {
        Group.ACT: "violenta violente violent violenta-domestica abuz agresiune infractiune plangere",
        Group.PEOPLE: (
            "victima victime victimei agresor agresorul agresori autor autorul inculpat condamnat "
            "detinut acuzat"
        ),
        Group.LAW: (
            "justitie justitiei judiciar judiciara tribunal tribunalul instanta judecator judecatorul "
            "judecatorie procuror procuratura parchet politie avocat penal penala inchisoare "
            "probatiune arest"
        ),
        Group.CARE: (
            "terapie terapeut psiholog psihologul psihologic psihologica psihiatru dependenta adictie "
            "alcool alcoolism drog droguri"
        ),
    },
    Language.ARABIC: {
        Group.ACT: "عنف عنيف عنيفة اعتداء ضرب جريمة جنحة شكوى تعنيف",
        Group.PEOPLE: "ضحية ضحايا جاني جناة معتدي معتدين متهم محكوم سجين سجناء",
        Group.LAW: (
            "عدل عدالة قضاء قضائي قضائية محكمة محاكم قاضي قاض قضاة نيابة شرطة درك محامي محام محامية "
            "سجن سجون عقوبة جنائي جزائي حبس"
        ),
        Group.CARE: "علاج علاجي معالج نفسية نفساني طبيب-نفسي اخصائي-نفسي ادمان كحول خمر مخدرات",
    },
}

#: For each language, each word, or phrase with hyphens between its words, and its group.
WORDS: dict[str, dict[str, Group]] = {
    language: {word: group for group, line in groups.items() for word in line.split()}
    for language, groups in _LISTS.items()
}
#: "annulé" and its like: in a text that is no cancellation, it is read as one (domain.md).
CANCELS: dict[str, tuple[str, ...]] = {
    Language.FRENCH: ("annul", "supprim"),
    Language.ENGLISH: ("cancel",),
    Language.SPANISH: ("anula", "cancela", "suspend"),
    Language.PORTUGUESE: ("anula", "cancela"),
    Language.ROMANIAN: ("anula", "anulat"),
    Language.ARABIC: ("الغاء", "الغيت", "ملغ"),
}
