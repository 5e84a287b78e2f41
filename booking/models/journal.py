"""What happened: append-only. The audit page, the text planner and the feeds all read it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    SERVICE_ADDED = "service_added", _("added a service")
    PARTNER_ADDED = "partner_added", _("added a partner")
    VENUE_ADDED = "venue_added", _("added a venue")
    PRACTITIONER_ADDED = "practitioner_added", _("added a practitioner")
    LANGUAGES_CHANGED = "languages_changed", _("changed the languages of a practitioner")
    MEMBER_ADDED = "member_added", _("added a member of staff")
    PARTICIPANT_REGISTERED = "participant_registered", _("registered a person")
    PARTICIPANT_CHANGED = "participant_changed", _("changed a person's details")
    PEOPLE_MERGED = "people_merged", _("merged two records")
    MERGE_UNDONE = "merge_undone", _("took two merged records apart")
    PEOPLE_TOLD_APART = "people_told_apart", _("noted that two records are two people")
    SAFETY_CHANGED = "safety_changed", _("changed a safety rule")
    POLICY_CHANGED = "policy_changed", _("changed the rules of offers")
    PHONE_CONFIRMED = "phone_confirmed", _("confirmed a phone number")
    PHONE_CHANGED = "phone_changed", _("changed a phone number")
    PHONE_WRONG = "phone_wrong", _("noted that a phone number is wrong")
    TEXTS_REFUSED = "texts_refused", _("noted that somebody refuses texts")
    TEXTS_ALLOWED = "texts_allowed", _("noted that somebody takes texts again")
    ADDRESS_CHANGED = "address_changed", _("changed a postal address")
    REFERRER_ADDED = "referrer_added", _("added a referrer")
    REFERRAL_RECORDED = "referral_recorded", _("recorded a referral")
    PROGRAMME_OPENED = "programme_opened", _("opened a programme")
    RHYTHM_OPENED = "rhythm_opened", _("opened a rhythm")
    RHYTHM_CHANGED = "rhythm_changed", _("changed a rhythm")
    RHYTHM_ENDED = "rhythm_ended", _("ended a rhythm")
    RHYTHM_DELETED = "rhythm_deleted", _("deleted a rhythm that nobody used")
    CLOSURE_ADDED = "closure_added", _("noted a closure")
    CLOSURE_LIFTED = "closure_lifted", _("lifted a closure")
    SESSION_OPENED = "session_opened", _("opened a session")
    SESSION_DISCARDED = "session_discarded", _("took back a session that nobody used")
    SESSION_CANCELLED = "session_cancelled", _("cancelled a session")
    SESSION_MOVED = "session_moved", _("moved a session")
    SEATS_CHANGED = "seats_changed", _("changed the number of seats")
    MORNING_CANCELLED = "morning_cancelled", _("cancelled a practitioner's sessions")
    SEAT_BOOKED = "seat_booked", _("booked a seat")
    SEAT_RELEASED = "seat_released", _("released a seat")
    SEAT_CANCELLED = "seat_cancelled", _("cancelled a seat with its session")
    SEAT_MOVED = "seat_moved", _("moved somebody to another session")
    SEAT_OFFERED = "seat_offered", _("offered a seat")
    PLACE_OFFERED = "place_offered", _("offered a place in a programme")
    OFFER_CONFIRMED = "offer_confirmed", _("confirmed an offered place")
    OFFER_DECLINED = "offer_declined", _("noted that an offered place was declined")
    OFFER_LAPSED = "offer_lapsed", _("let an offer lapse")
    WAITING_JOINED = "waiting_joined", _("put somebody on the waiting list")
    WAITING_LEFT = "waiting_left", _("took somebody off the waiting list")
    WAITING_MOVED_UP = "waiting_moved_up", _("moved somebody up the waiting list")
    PASSED_OVER = "passed_over", _("passed over somebody who waits")
    ENROLLED = "enrolled", _("enrolled somebody")
    WITHDRAWN = "withdrawn", _("withdrew somebody")
    ATTENDANCE_RECORDED = "attendance_recorded", _("recorded attendance")
    TOLD_BY_HAND = "told_by_hand", _("told somebody without a text")
    LETTER_WRITTEN = "letter_written", _("wrote a letter")
    REPLY_READ = "reply_read", _("dealt with a reply")
    SENDER_CHANGED = "sender_changed", _("changed the sender of texts")
    TEXT_POLICY_CHANGED = "text_policy_changed", _("changed the rules of texts")
    WORDING_CHANGED = "wording_changed", _("changed the words of a text")
    WORDING_RESTORED = "wording_restored", _("took the shipped words of a text back")
    WORDING_REVIEWED = "wording_reviewed", _("reviewed a translation")
    SENDING_PAUSED = "sending_paused", _("paused all texts")
    SENDING_RESUMED = "sending_resumed", _("let texts leave again")
    TEXTS_ERASED = "texts_erased", _("erased old texts")
    FEED_ISSUED = "feed_issued", _("gave a calendar address")
    FEED_REVOKED = "feed_revoked", _("closed a calendar address")
    DEMO_LOADED = "demo_loaded", _("loaded the demo")


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("the journal is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("the journal is append-only")


class JournalEntry(models.Model):
    """One thing that one action did, written in that action's transaction.

    `facts` holds what changed, as identifiers, dates and counts. Never a name, a phone number or a
    free text: the journal outlives the person's record.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the system itself, or somebody on the command line.",
    )
    verb = models.CharField(_("what"), max_length=30, choices=Verb.choices)
    partner = models.ForeignKey(
        "booking.Partner", models.PROTECT, null=True, blank=True, related_name="+"
    )
    programme = models.ForeignKey(
        "booking.Programme", models.PROTECT, null=True, blank=True, related_name="+"
    )
    session = models.ForeignKey(
        "booking.Session", models.PROTECT, null=True, blank=True, related_name="journal"
    )
    seat = models.ForeignKey(
        "booking.Seat", models.PROTECT, null=True, blank=True, related_name="+"
    )
    participant = models.ForeignKey(
        "booking.Participant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="journal",
    )
    facts = models.JSONField(default=dict, blank=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the journal is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the journal is append-only")
