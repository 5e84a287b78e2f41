"""Which words count for one partner: its own, else the shipped ones; in the person's language if
somebody reviewed them, else in French."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from booking.models.language import Language
from sms import shipped
from sms.kinds import Kind
from sms.models import Manner, OwnWording, ReviewedWording
from sms.slots import fits


@dataclass(frozen=True, slots=True)
class Picked:
    body: str
    language: str
    own: bool


class Words:
    """The words of some partners, read at once."""

    def __init__(
        self, own: Iterable[OwnWording] = (), reviewed: Iterable[ReviewedWording] = ()
    ) -> None:
        self._own = {
            (one.partner_id, one.kind, one.manner, one.language): one.body
            for one in own
            # Words of an earlier release whose variables are gone: the default rather than nonsense.
            if fits(one.kind, one.manner, one.body)
        }
        self._reviewed = {(one.kind, one.manner, one.language): one.digest for one in reviewed}

    def pick(self, partner_id: int | None, kind: Kind, manner: Manner, language: str) -> Picked:
        for spoken in dict.fromkeys((language, Language.FRENCH)):
            if own := self._own.get((partner_id or 0, kind, manner, spoken)):
                return Picked(own, spoken, own=True)
            body = shipped.default(kind, manner, spoken)
            if body and self._may_leave(kind, manner, spoken, body):
                return Picked(body, spoken, own=False)
        raise LookupError(f"no French words for {kind} {manner}")

    def _may_leave(self, kind: Kind, manner: Manner, language: str, body: str) -> bool:
        if language == Language.FRENCH:
            return True
        return self._reviewed.get((kind, manner, language)) == shipped.digest(body)


def words_for(partner_ids: Iterable[int]) -> Words:
    """Two queries. Own words in another language than French leave only once reviewed."""
    own = OwnWording.objects.filter(partner__in=set(partner_ids))
    return Words([one for one in own if may_leave(one)], ReviewedWording.objects.all())


def may_leave(own: OwnWording) -> bool:
    """French is looked at by who wrote it; other languages by the coordination, first."""
    return own.language == Language.FRENCH or own.reviewed_at is not None
