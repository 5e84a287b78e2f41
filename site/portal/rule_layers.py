"""A partner's rules of texts in layers: the network's, those for all services, those of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from booking.models import Partner, Service
from portal.forms.text_rules import GROUPS, RulesForm, in_words
from sms.models import TextPolicy
from sms.policies import NAMES, RuleBook


@dataclass(frozen=True)
class Rule:
    """One field, what counts now, and whose choice that is."""

    field: BoundField
    now: str
    source: str
    own: bool


@dataclass(frozen=True)
class Group:
    title: str | Promise
    rules: list[Rule]


class Layers:
    """What was chosen, from the network down to the page's own scope."""

    def __init__(self, partner: Partner, service: Service | None) -> None:
        rows = list(TextPolicy.objects.filter(partner=partner))
        by_service = {row.service_id: row for row in rows}
        self.partner, self.service = partner, service
        self.own = by_service.get(service.pk if service else None)
        self.for_all = by_service.get(None)
        self.services_with_own = {
            row.service_id for row in rows if any(getattr(row, name) is not None for name in NAMES)
        }
        self._rules = RuleBook(rows).of(partner.pk, service.pk if service else None)
        above = [row for row in rows if service is not None and row.service_id is None]
        self._above = RuleBook(above).of(partner.pk)

    def inherited(self) -> dict[str, str]:
        """What would count without a choice of this scope's own, in words."""
        said = _("As for all services: %(now)s") if self.service else _("As the network: %(now)s")
        return {name: said % {"now": in_words(name, getattr(self._above, name))} for name in NAMES}

    def initial(self) -> dict[str, Any]:
        chosen = {name: getattr(self.own, name, None) for name in NAMES}
        return {
            name: ("yes" if value else "no") if isinstance(value, bool) else value
            for name, value in chosen.items()
        }

    def rule(self, field: BoundField) -> Rule:
        name = field.name
        own = getattr(self.own, name, None) is not None
        return Rule(field, in_words(name, getattr(self._rules, name)), self._source(name), own)

    def _source(self, name: str) -> str:
        if self.service is not None and getattr(self.own, name, None) is not None:
            return _("chosen for this service")
        if getattr(self.for_all, name, None) is not None:
            return _("chosen for all services")
        return _("as the network")

    def groups(self, form: RulesForm) -> list[Group]:
        """Every rule, in the order of the page."""
        return [Group(title, [self.rule(form[name]) for name in names]) for title, names in GROUPS]
