"""Which words somebody means: a kind, a manner and a language, each from its list."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.models import Partner
from booking.models.language import Language
from sms.kinds import Kind
from sms.models import Manner


class Which(NamedTuple):
    kind: Kind
    manner: Manner
    language: Language

    def fields(self) -> dict[str, str]:
        """As the columns of the rows and the facts of the journal have it."""
        return {
            "kind": self.kind.value,
            "manner": self.manner.value,
            "language": self.language.value,
        }

    def name(self, partner: Partner) -> str:
        """For the lock: there may be no row yet."""
        return f"wording {partner.pk} {self.kind} {self.manner} {self.language}"


def checked(kind: str, manner: str, language: str) -> Which:
    """Raises Invalid for what is on none of the lists."""
    try:
        return Which(Kind(kind), Manner(manner), Language(language))
    except ValueError:
        raise Invalid(_("Choose a text, a manner and a language from the lists.")) from None
