from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def _print(*words: str) -> str:
    out = io.StringIO()
    with time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        call_command("find_places", "--service", factories.service().name, *words, stdout=out)
    return out.getvalue()


def _told(*words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_print("--json", *words))
    return told


def test_a_line_has_when_where_and_how_many_and_no_name(cast: Cast) -> None:
    session = rows.bare(cast.ours, paris("2026-12-01 18:00"))
    rows.seat(session, factories.participant())
    line, total = _print("--person", cast.hamel.reference).splitlines()
    assert line.split("\t") == [
        *("2026-12-01 18:00–20:00", "le-relais", factories.service().name),
        *(f"#{session.pk}", "1/8"),
    ]
    assert total.startswith("1 ")
    assert "Hamel" not in line


def test_json_is_for_a_program(cast: Cast) -> None:
    cast.referral.deadline = date(2026, 12, 8)
    cast.referral.save()
    session = rows.bare(cast.ours, paris("2026-12-01 18:00"))
    rows.bare(cast.ours, paris("2026-12-09 18:00"))
    assert _told("--person", cast.hamel.reference) == {
        "places": [
            {
                "session": session.pk,
                "programme": None,
                "start": "2026-12-01T18:00:00+01:00",
                "end": "2026-12-01T20:00:00+01:00",
                "partner": "le-relais",
                "venue": cast.venue.name,
                "service": factories.service().name,
                "sessions": 1,
                "first": "2026-12-01",
                "last": "2026-12-01",
                "taken": 0,
                "free": 8,
                "deadline_ok": True,
            }
        ],
        "cursor": "",
        "latest": "2026-12-08",
        "mandate": cast.referral.pk,
    }


def test_every_option_narrows(cast: Cast) -> None:
    start = paris("2026-12-01 18:00")
    rows.bare(cast.ours, start)
    fits = [
        *("--department", "95", "--partner", "le-relais", "--weekday", "2", "--after", "18:00"),
        *("--before", "20:00", "--earliest", "2026-12-01", "--latest", "2026-12-01"),
        *("--language", "fr"),
    ]
    assert len(_told(*fits)["places"]) == 1
    for name, other in (
        *(("--department", "75"), ("--partner", "la-passerelle"), ("--weekday", "3")),
        *(("--after", "18:01"), ("--before", "19:59"), ("--language", "ta")),
        *(("--earliest", "2026-12-02"), ("--latest", "2026-11-30")),
    ):
        assert _told(name, other)["places"] == []


def test_the_next_page_begins_where_the_last_one_ended(cast: Cast) -> None:
    evenings = [rows.bare(cast.ours, paris(f"2026-12-0{day} 18:00")) for day in (1, 2)]
    cursor = _told("--size", "1")["cursor"]
    [place] = _told("--size", "1", "--cursor", cursor)["places"]
    assert place["session"] == evenings[1].pk


def test_a_course_says_how_many_sessions(cast: Cast) -> None:
    starts = [paris(f"2026-12-0{day} 09:00") for day in (1, 3)]
    course = rows.course(cast.ours, *starts)
    line, _total = _print("--service", course.service.name).splitlines()
    assert "2026-12-03" in line.split("\t")[-1]


def test_first_days(cast: Cast) -> None:
    rows.bare(cast.theirs, paris("2026-12-01 18:00"))
    assert _print("--first-days").split() == ["2026-12-01", "la-passerelle", "–", "le-relais"]
    assert _told("--first-days") == {
        "days": [
            {"partner": "la-passerelle", "day": "2026-12-01"},
            {"partner": "le-relais", "day": None},
        ]
    }


def test_an_account_s_own_rights_count(cast: Cast) -> None:
    rows.bare(cast.theirs, paris("2026-12-01 18:00"), open_to_network=False)
    said = ("--person", cast.hamel.reference, "--by")
    assert len(_told(*said, cast.coordinator.email)["places"]) == 1
    assert _told(*said, cast.admin.email)["places"] == []
    for email in (cast.stranger.email, cast.observer.email):
        with pytest.raises(CommandError):
            _print(*said, email)


def test_what_cannot_be_read_is_refused(cast: Cast) -> None:
    for words in (
        *(("--person", "NOBODY"), ("--by", "nobody@jalon.example"), ("--after", "6pm")),
        *(("--latest", "soon"), ("--weekday", "8"), ("--size", "0"), ("--cursor", "forged")),
        ("--partner", "nowhere"),
    ):
        with pytest.raises(CommandError):
            _print(*words)
