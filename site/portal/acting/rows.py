"""A row, by the name that people have for it or by its primary key."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext as _

from portal.acting.named import NAMES, key
from portal.acting.unreadable import Unreadable


def find(word: str, kind: type[Model]) -> Model:
    """A primary key may carry a # (“#12”): then it is nothing else. Raises Unreadable."""
    pk, name = key(word), NAMES.get(kind)
    found: dict[object, Model] = {}
    if pk is not None:
        rows = kind._default_manager.filter(pk=pk)  # noqa: SLF001 - documented all the same
        found = {row.pk: row for row in rows}
    if name is not None and not (pk is not None and word.startswith("#")):
        found |= {row.pk: row for row in name.look(word)}
    if len(found) == 1:
        return next(iter(found.values()))
    kind_said = (name and name.what) or kind._meta.verbose_name  # noqa: SLF001
    told = {"what": f"{kind_said} {word}".strip(), "other": name.said if name else ""}
    if found:
        raise Unreadable(_("Two go by that: %(what)s. Write the primary key, like #12.") % told)
    if name is not None:
        raise Unreadable(_("Not found: %(what)s. Write its primary key or %(other)s.") % told)
    raise Unreadable(_("Not found: %(what)s. Write its primary key.") % told)
