"""The people of one partner: who must not meet whom, who is hidden, who cannot come yet."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import count

from booking.identity import identity_key
from booking.models import AvoidancePair, HiddenFrom, Participant, Partner, Referral
from portal.bench.finding.network import Network
from portal.bench.finding.tables import Batch

#: At each partner, and one for so many sessions.
_FEWEST, _MOST = 80, 400
_SESSIONS_FOR_ONE = 6
_BORN = date(1974, 2, 26)
_SENT_FOR = ("group", "course", "group", "psychology", "interview")


class People:
    """Primary keys are given in order, so that seats can be made before anything is written."""

    def __init__(self, there: Network, today: date, dice: random.Random) -> None:
        self.there, self.today, self.dice = there, today, dice
        self.next = count(1)
        self.pairs = count(1)

    def of(self, partner: Partner, sessions: int, batch: Batch) -> list[int]:
        many = max(_FEWEST, min(_MOST, sessions // _SESSIONS_FOR_ONE))
        made = [next(self.next) for _n in range(many)]
        for pk in made:
            self._add(pk, batch)
            self._refer(pk, partner, batch)
        for first, second in zip(made[::40], made[1::40], strict=True):
            batch.add(AvoidancePair, id=next(self.pairs), first_id=first, second_id=second)
        for pk in made[::50]:
            other = self.dice.choice(self.there.partners)
            if other != partner:
                batch.add(HiddenFrom, id=pk, participant_id=pk, partner_id=other.pk)
        return made

    def _add(self, pk: int, batch: Batch) -> None:
        name = f"Hamel{pk}"
        later = self.today + timedelta(days=self.dice.randint(1, 60))
        batch.add(
            Participant,
            id=pk,
            reference=f"{pk:06d}",
            last_name=name,
            first_name="Mickaël",
            birth_date=_BORN.isoformat(),
            identity_key=identity_key(name, "Mickaël", _BORN),
            language=self.dice.choices(("fr", "ar", "ta"), (88, 9, 3))[0],
            not_before=later.isoformat() if self.dice.random() < 0.05 else None,
            created_at=f"{self.today} 08:00:00",
        )

    def _refer(self, pk: int, partner: Partner, batch: Batch) -> None:
        deadline = self.today + timedelta(days=self.dice.randint(20, 170))
        batch.add(
            Referral,
            id=pk,
            participant_id=pk,
            partner_id=partner.pk,
            service_id=self.there.services[_SENT_FOR[pk % len(_SENT_FOR)]].pk,
            mandate="probation",
            referred_on=(self.today - timedelta(days=30)).isoformat(),
            deadline=deadline.isoformat() if self.dice.random() < 0.6 else None,
            created_at=f"{self.today} 08:00:00",
        )
