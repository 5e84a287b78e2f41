"""What one should know before a rhythm is saved, and which of its dates stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.errors import BookingError, Busy, NotAllowed, Warned

if TYPE_CHECKING:
    from booking.models import Session
    from calendars.queries.overlaps import Overlap
    from calendars.review import Review


class RhythmsOverlap(Warned):
    """Other rhythms of a practitioner take place at the same time: on a common date only the one
    that was published first does. Labels are neutral, and of the practitioner's own partner."""

    def __init__(self, overlaps: Iterable[Overlap]) -> None:
        self.overlaps = tuple(overlaps)
        others = ", ".join(_said(one) for one in self.overlaps)
        super().__init__(
            _("A practitioner already has something at that time: %(others)s.") % {"others": others}
        )


def _said(overlap: Overlap) -> str:
    dates = ngettext("%(dates)s date", "%(dates)s dates", overlap.dates) % {"dates": overlap.dates}
    return f"{overlap.rhythm.label} ({overlap.first:%d/%m/%Y %H:%M}, {dates})"


class ReviewFirst(Warned):
    """People would be told of another time or place, or that something is cancelled: `review` says
    what would happen. The same call with its token in `reviewed` goes through, while it is still so."""

    def __init__(self, review: Review) -> None:
        self.review = review
        super().__init__(
            _("Look at it first. To be told by text: %(texts)s; by telephone: %(calls)s.")
            % {"texts": review.by_text, "calls": review.to_call}
        )


class DateRefused(BookingError):
    """One date cannot follow its rhythm, so nothing was changed. `reason` is what it says."""

    def __init__(self, session: Session, reason: BookingError) -> None:
        self.session, self.reason = session, reason
        super().__init__(_named(session, reason))


class DateWarned(Warned):
    """The same, where the reason is only a warning."""

    def __init__(self, session: Session, reason: Warned) -> None:
        self.session, self.reason = session, reason
        self.passable = reason.passable
        super().__init__(_named(session, reason))


@contextmanager
def naming(session: Session) -> Iterator[None]:
    """Say of which date a refusal speaks."""
    try:
        yield
    except (Busy, NotAllowed):
        raise
    except Warned as reason:
        raise DateWarned(session, reason) from reason
    except BookingError as reason:
        raise DateRefused(session, reason) from reason


def _named(session: Session, reason: BookingError) -> str:
    return f"{timezone.localtime(session.starts_at):%d/%m/%Y %H:%M} – {reason}"
