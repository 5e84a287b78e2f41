"""Words that a text never holds: domain.md's list, with the forms, offices and themes that say the
same, in each language that texts are written in. Folded: no case, no accents (sms.folding.fold).
A star is any ending: "condamn*".

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
            "viol viols violen* violeur* violeuse* violer violee* conjugal* conjugau* harcel* "
            "maltrait* feminicid* homicid* meurtr* delit delits delinqu* infraction* crime crimes "
            "crimin* plainte plaintes garde-a-vue ne-frappez-pas frapp* coups agression* agress*"
        ),
        Group.PEOPLE: (
            "auteur* autrice* victim* detenu* condamn* coupable* conjoint* concubin* epouse epouses "
            "epoux plaignant* prisonnier*"
        ),
        Group.LAW: (
            "justice* judiciair* juridi* tribunal tribunaux juge juges jugement* parquet procureur* "
            "procureure* magistrat* police policier* policiere* gendarm* commissariat* avocat* penal* "
            "penaux penitenti* probation* sursis prison* detention* ecrou* incarcer* mandat* "
            "injonction* prescripteur* prescriptrice* correctionnel* sanction* reinsertion* bracelet* "
            "proces peine peines cour-d-appel cour-appel cour-d-assises assises tj obligation-de-soin* "
            "obligations-de-soin* controle-judiciaire"
        ),
        Group.OFFICE: (
            "spip cpip cpca jap jld crpc csapa caarud arile fnacav drdfe apcars afccc assoedy"
        ),
        Group.CARE: (
            "stage stages stagiaire* responsabilis* therap* psych* psy psys addict* alcool* drogue "
            "drogues droguee droguees toxicoman* stupefi* sevrage* desintox* groupe*-de-parole* "
            "groupe*-parole* heberg* socio-educati* socioeducati* socio-profession* socioprofession*"
        ),
    },
    Language.ENGLISH: {
        Group.ACT: (
            "violen* abus* assault* offence* offens* offend* crime crimes crimin* battering battered "
            "harass* rape raped"
        ),
        Group.PEOPLE: ("victim* perpetrator* defendant* convict* inmate* prisoner* spouse guilty"),
        Group.LAW: (
            "justice* court courts courthouse* courtroom* judge* judgment* prosecut* police* lawyer* "
            "attorney* solicitor* legal penal* probation* parole* prison* jail* sentence* detention* "
            "custody warrant"
        ),
        Group.CARE: (
            "therap* psycholog* psychiatr* counsel* addict* alcohol* drug drugs rehab* talk-group"
        ),
    },
    Language.SPANISH: {
        Group.ACT: ("violen* maltrat* agresion* delito* denuncia* crimen crimenes acoso conyugal"),
        Group.PEOPLE: (
            "victima* agresor* autor autora autores condenad* acusad* preso presos detenid*"
        ),
        Group.LAW: (
            "justicia* judicial* tribunal tribunales juzgado* juez jueza jueces fiscal fiscalia "
            "policia* abogad* penal* carcel prision condena* libertad-condicional"
        ),
        Group.CARE: "terap* psicolog* psiquiatr* adicci* alcohol* droga drogas",
    },
    Language.PORTUGUESE: {
        Group.ACT: "violen* agressao agressoes maus-tratos delito* crime crimes queixa conjugal",
        Group.PEOPLE: (
            "vitima* agressor* autor autora autores arguid* condenad* acusad* preso presos detido "
            "recluso"
        ),
        Group.LAW: (
            "justica* judicia* tribunal tribunais juiz juiza juizes procurador* ministerio-publico "
            "policia* advogad* penal* prisao prisoes cadeia pena liberdade-condicional"
        ),
        Group.CARE: "terap* psicolog* psiquiatr* toxicodepend* alcool* droga drogas",
    },
    Language.ROMANIAN: {
        Group.ACT: "violen* abuz* agresiun* infractiun* plangere",
        Group.PEOPLE: "victim* agresor* autor autorul inculpat* condamnat* detinut* acuzat*",
        Group.LAW: (
            "justiti* judiciar* tribunal* instanta judecator* procuror* procuratur* parchet* politie "
            "politist* politia avocat* penal* inchisoare inchisori probatiun* arest*"
        ),
        Group.CARE: "terapi* terapeut* psiholog* psihiatr* dependent* dependenta adicti* alcool* drog*",
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
#: Beginnings of words that begin like one of the list and say something else. "Frappez" is said of
#: doors; without this list the rue Violet could not be said.
INNOCENT: tuple[str, ...] = (
    *("violet", "violon", "violac", "violin", "frappez", "psyche", "droguer"),
    *("avocatier",),
)
#: "annulé" and its like: in a text that is no cancellation, it is read as one (domain.md).
CANCELS: dict[str, tuple[str, ...]] = {
    Language.FRENCH: ("annul", "supprim"),
    Language.ENGLISH: ("cancel",),
    Language.SPANISH: ("anula", "cancela", "suspend"),
    Language.PORTUGUESE: ("anula", "cancela"),
    Language.ROMANIAN: ("anula", "anulat"),
    Language.ARABIC: ("الغاء", "الغيت", "ملغ"),
}
