"""Loading the demo: the network, the history, what is coming. All through the actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking import journal
from booking.errors import BookingError
from booking.imports import table
from booking.imports.referrals import import_referrals
from booking.models import JournalEntry, Participant, Partner, User
from booking.models.journal import Verb
from calendars.feeds import find_feed, issue_feed
from calendars.models import FeedScope
from portal.demo.catalogue import PARTNERS, STAFF
from portal.demo.coming import PARIS, Opening
from portal.demo.network import load_network, load_staff, set_passwords
from portal.demo.seated import Seating
from portal.demo.state import DemoState

HISTORY = Path(__file__).with_name("orientations-2021-T1.csv")

#: Told what is being done, how much of it is done, and how much there is.
Tell = Callable[[str, int, int], None]


class NotTheDemo(BookingError):
    """The database is in use and was not made by the demo."""


def load(state: DemoState | None, *, tell: Tell) -> DemoState:
    """Fill an empty database, or find what an earlier start left, and return what to show.

    `state` is what the earlier start wrote down; without it passwords and feed addresses are made
    anew, since the database knows only their hashes. Raises NotTheDemo rather than mix fictitious
    people with real ones. A load that was interrupted is finished.
    """
    in_use = Participant.objects.exists() or User.objects.exists() or Partner.objects.exists()
    if in_use and not Partner.objects.filter(slug=PARTNERS[0].slug).exists():
        raise NotTheDemo(
            _(
                "This database is in use, and not by the demo. Unset DATABASE_URL to use "
                "the demo’s own, or name an empty database."
            )
        )
    now = timezone.now()
    fresh = state or DemoState()
    if not Partner.objects.exists():
        tell(_("The network: 13 partners in eight departments"), 0, 1)
        with transaction.atomic():
            load_network(now=now)
            load_staff(now=now, password=fresh.password)
        tell(_("The network: 13 partners in eight departments"), 1, 1)
    elif not User.objects.get(email=STAFF[0].email).check_password(fresh.password):
        set_passwords(fresh.password)
    fresh.imported = _load_history(now, tell)
    if not JournalEntry.objects.filter(verb=Verb.DEMO_LOADED).exists():
        _load_coming(now, tell)
    # The file may be older than the database, which knows only hashes: then there are new ones.
    if not fresh.feeds or any(find_feed(token) is None for _label, token in fresh.feeds):
        fresh.feeds = _issue_feeds(now)
    return fresh


def _load_history(now: datetime, tell: Tell) -> dict[str, int]:
    """The spreadsheet. Reading it again changes nothing, so it is read at every start."""
    words = _("The history: a spreadsheet of referrals, first quarter of 2021")
    rows = table.read(HISTORY.read_bytes())
    done = 0

    def counted(more: int) -> None:
        nonlocal done
        done += more
        tell(words, done, len(rows.rows))

    report = import_referrals(rows, by=None, now=now, progress=counted)
    return {
        "rows": report.rows,
        "imported": report.imported,
        "refused": report.refused,
        "people": report.people,
        "flagged": report.flagged,
    }


def _load_coming(now: datetime, tell: Tell) -> None:
    """Counted from the first minute of today, so that this morning's sessions are in the list."""
    words = _("What is coming: courses, groups, openings, and people in them")
    midnight = datetime.combine(now.astimezone(PARIS).date(), time(), PARIS)
    partners = {partner.slug: partner for partner in Partner.objects.all()}
    for order, fact in enumerate(PARTNERS):
        tell(words, order, len(PARTNERS))
        partner = partners[fact.slug]
        with transaction.atomic():
            if not partner.programmes.exists():
                Opening(partner, order, midnight).open_all()
                Seating(partner, midnight).seat_all()
    tell(words, len(PARTNERS), len(PARTNERS))
    journal.write([JournalEntry(at=now, verb=Verb.DEMO_LOADED)])


def _issue_feeds(now: datetime) -> list[tuple[str, str]]:
    """One feed of each kind of reader: a label and the secret of its address."""
    coordinator = User.objects.get(email="coordination@jalon.example")
    admin = User.objects.get(email="tilleuls@jalon.example")
    doctor = User.objects.get(email="morel@jalon.example")
    tilleuls = Partner.objects.get(slug="tilleuls")
    made = (
        (_("The partner Le Relais des Tilleuls"), admin, FeedScope.PARTNER, tilleuls),
        (_("Dr Morel’s own sessions"), doctor, FeedScope.MINE, None),
        (_("The whole network"), coordinator, FeedScope.NETWORK, None),
    )
    return [
        (label, issue_feed(user=user, scope=scope, partner=partner, now=now)[1])
        for label, user, scope, partner in made
    ]
