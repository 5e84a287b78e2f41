"""What a label may say: calendars show it, and big companies keep copies of what they show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.identity import fold
from booking.models import Service
from booking.storable import refuse_unstorable

#: As the columns of sessions, programmes and rhythms.
_LONGEST = 40

# Beginnings of the words by which a stranger would know what the place is for (domain.md).
_TELLING = (
    *("violen", "auteur", "victim", "justic", "spip", "tribunal", "cpca", "responsabilis"),
    *("addict", "psych", "parole", "hebergement", "stage"),
)


def refuse_telling(label: str, service: Service) -> None:
    """Raise Invalid when a label is empty or too long, or names the service or what the centre
    does."""
    folded = fold(label)
    if not folded:
        raise Invalid(_("A label is needed: a neutral one, like “Group B”."))
    if len(label) > _LONGEST:
        raise Invalid(_("A label has at most 40 characters."))
    refuse_unstorable(label)
    if fold(service.name) in folded or tells(label):
        raise Invalid(
            _("Calendars show this label: choose a neutral one, like “Group B” or “Appointment”.")
        )


def tells(text: str) -> bool:
    """Whether a stranger would know from it what the place is for."""
    folded = fold(text)
    return any(word in folded for word in _TELLING)
