"""Many people who all want the same kind of thing: who wants what in the three plain scenarios.
Each maker returns the targets: (session or programme, person), one for each attempt."""

from __future__ import annotations

from datetime import timedelta

from booking.models import Partner, Programme, Service, Session
from booking.models.programme import ProgrammeKind
from portal.bench.places import first_day, people, session

_BATCH = 1000
_COURSE_SEATS = 9
_COURSE_DAYS = 4


def distinct(attempts: int) -> list[tuple[int, int]]:
    """Each takes another appointment: nothing is contended but the machine."""
    partner = Partner.objects.get(slug="association-1")
    template = session(partner, "psychology", first_day(), 1)
    sessions = []
    for _ in range(attempts):
        one = Session(
            **{
                field.attname: getattr(template, field.attname)
                for field in Session._meta.concrete_fields  # noqa: SLF001 - documented all the same
                if field.attname not in {"id", "uid"}
            }
        )
        sessions.append(one)
    saved = Session.objects.bulk_create(sessions, batch_size=_BATCH)
    return [(one.pk, who.pk) for one, who in zip(saved, people(attempts), strict=True)]


def hot(attempts: int) -> list[tuple[int, int]]:
    """All want the same evening, which has twelve seats."""
    partner = Partner.objects.get(slug="association-1")
    one = session(partner, "group", first_day(), 12)
    one.save()
    return [(one.pk, who.pk) for who in people(attempts)]


def programme(attempts: int) -> list[tuple[int, int]]:
    """Whole courses, of four days each. There is one place for five attempts; the courses of one
    week overlap, and everybody tries several."""
    partner = Partner.objects.get(slug="association-1")
    service = Service.objects.get(family="course")
    courses = []
    for n in range(max(3, attempts // (5 * _COURSE_SEATS))):
        course = Programme.objects.create(
            partner=partner, service=service, kind=ProgrammeKind.COURSE, label=f"Groupe {n}"
        )
        start = first_day() + timedelta(weeks=n % 8)
        days = [
            session(partner, "course", start + timedelta(days=day), _COURSE_SEATS, course)
            for day in range(_COURSE_DAYS)
        ]
        Session.objects.bulk_create(days)
        courses.append(course.pk)
    who = [person.pk for person in people(max(1, attempts // 3))]
    # Neighbours in the list are tried at the same moment: they want the same few courses.
    return [(courses[n // 40 % len(courses)], who[n * 7 % len(who)]) for n in range(attempts)]
