"""Arabic, to be reviewed before it leaves. UCS-2 by nature: 70 characters, or 67 each when joined.
What stands in [brackets] a volunteer is not told."""

from __future__ import annotations

from sms.kinds import Kind
from sms.shipped.shape import Shipped

_TROUBLE = "مشكلة؟ {tel}"
_BRING = "[الحضور إلزامي. ]أحضر وثيقة هوية. "
_EVE = "[الحضور إلزامي ويتم التبليغ عن الغياب. ]"
_TRIP = "حضّر تنقلك وأخبر مشغّلك. "
_OTHER_DATE = "لا تأت. سنعطيك موعدا آخر. للاستفسار: {tel}"
_TAKE_IT = "اتصل بالرقم {tel} قبل {avant} لأخذه."

_TOLD = {
    Kind.SUMMONS: "لديك موعد {quand}، {lieu}. " + _BRING + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: (
        "موعد {deux_jours}، {horaires}، {adresse}. تعال في اليومين وفي الوقت. وثيقة هوية. "
        + _TROUBLE
    ),
    Kind.SUMMONS_MANY: "لديك {nombre} مواعيد: {rdv}. " + _BRING + "سنذكرك بكل موعد. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "لديك مواعيد {rdv}. " + _BRING + _TROUBLE,
    Kind.DAY7: "تذكير: موعد {quand}، {adresse}. " + _TRIP + _TROUBLE,
    Kind.DAY7_SAME_DAY: "تذكير: مواعيد {rdv}. " + _TRIP + _TROUBLE,
    Kind.DAY1: "تذكير: موعد {demain} {quand}، {adresse}. " + _EVE + _TROUBLE,
    Kind.DAY1_SAME_DAY: "تذكير: مواعيد {demain} {rdv}. " + _EVE + _TROUBLE,
    Kind.HOURS3: "موعد {demain} {quand}، {adresse}. " + _TROUBLE,
    Kind.CANCELLED: "إلغاء: موعدك {ancien} لن يتم. " + _OTHER_DATE,
    Kind.CANCELLED_SAME_DAY: "إلغاء: مواعيدك {ancien} لن تتم. " + _OTHER_DATE,
    Kind.CHANGED_PLACE: "تغيير: موعدك {ancien} سيكون هنا: {lieu}. للاستفسار: {tel}",
    Kind.CHANGED: "تغيير: موعدك {ancien} أصبح {quand}، {adresse}. للاستفسار: {tel}",
    Kind.CHANGED_BOTH: "تغيير: موعدك {ancien} أصبح {quand}، {lieu}. للاستفسار: {tel}",
    Kind.CHANGED_UNKNOWN: "تغيير: موعدك {quand}، {lieu}. للاستفسار: {tel}",
    Kind.CHANGED_SAME_DAY: "تغيير: مواعيدك {rdv}. للاستفسار: {tel}",
    Kind.MISSED: "لم تحضر موعدك {quand}. اتصل سريعا بالرقم {tel} لتحديد موعد آخر.",
    Kind.OFFER: "يوجد مكان شاغر: موعد {quand}، {adresse}. " + _TAKE_IT,
    Kind.OFFER_MANY: "يوجد مكان شاغر: {nombre} مواعيد، {rdv}. " + _TAKE_IT,
    Kind.ANSWER: "وصلت رسالتك. قد تقرأ متأخرة. للحصول على جواب اتصل بالرقم {tel}",
}

_DISCREET = {
    Kind.SUMMONS: "لديك موعد {quand}. " + _TROUBLE,
    Kind.SUMMONS_TWO_DAYS: "لديك موعد {deux_jours}، {horaires}. " + _TROUBLE,
    Kind.SUMMONS_MANY: "لديك {nombre} مواعيد: {dates}. " + _TROUBLE,
    Kind.SUMMONS_SAME_DAY: "لديك مواعيد {dates}. " + _TROUBLE,
    Kind.DAY7: "تذكير: موعد {quand}. " + _TROUBLE,
    Kind.DAY7_SAME_DAY: "تذكير: مواعيد {dates}. " + _TROUBLE,
    Kind.DAY1: "تذكير: موعد {demain} {quand}. " + _TROUBLE,
    Kind.DAY1_SAME_DAY: "تذكير: مواعيد {demain} {dates}. " + _TROUBLE,
    Kind.HOURS3: "موعد {demain} {quand}. " + _TROUBLE,
    Kind.CHANGED_PLACE: "تغيير: موعدك {ancien} في مكان آخر. للاستفسار: {tel}",
    Kind.CHANGED: "تغيير: موعدك {ancien} أصبح {quand}. للاستفسار: {tel}",
    Kind.CHANGED_BOTH: "تغيير: موعدك {ancien} أصبح {quand}. للاستفسار: {tel}",
    Kind.CHANGED_UNKNOWN: "تغيير: موعدك {quand}. للاستفسار: {tel}",
    Kind.CHANGED_SAME_DAY: "تغيير: مواعيدك {dates}. للاستفسار: {tel}",
    Kind.OFFER: "يوجد مكان شاغر: موعد {quand}. " + _TAKE_IT,
    Kind.OFFER_MANY: "يوجد مكان شاغر: {nombre} مواعيد، {dates}. " + _TAKE_IT,
}

ARABIC = Shipped(_TOLD, _DISCREET)
