"""A row, by the name that people have for it or by its primary key."""

from __future__ import annotations

import re

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from booking.models import Participant, Partner, Referrer, Service, User
from portal.acting.unreadable import Unreadable

#: How people name a row, beside its primary key.
NAMED_BY: dict[type[Model], str] = {
    Participant: "reference",
    Partner: "slug",
    User: "email",
    Service: "name",
    Referrer: "name",
}
_KEY = re.compile(r"#?([0-9]{1,18})")


def find(word: str, kind: type[Model]) -> Model:
    """A primary key may carry a # (“#12”): then it is nothing else. Raises Unreadable."""
    named_by = NAMED_BY.get(kind)
    by_key = _KEY.fullmatch(word)
    named = Q(pk=int(by_key[1])) if by_key else Q()
    if named_by and not word.startswith("#"):
        named |= Q(**{f"{named_by}__iexact": word})
    found = list(kind._default_manager.filter(named)[:2]) if named else []  # noqa: SLF001
    if len(found) == 1:
        return found[0]
    what = {"kind": kind.__name__, "named_by": named_by}
    if found:
        raise Unreadable(
            _("Two rows of %(kind)s are called that. Write the primary key, like #12.") % what
        )
    if named_by:
        raise Unreadable(
            _("There is no such %(kind)s. Write its primary key or its %(named_by)s.") % what
        )
    raise Unreadable(_("There is no such %(kind)s. Write its primary key.") % what)
