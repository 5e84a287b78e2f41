from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_PARIS = ZoneInfo("Europe/Paris")


def copy(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A start is kept as Paris clocks show it; a rhythm says what it does on a holiday."""
    rhythms = apps.get_model("calendars", "Rhythm").objects
    rhythms.filter(skip_holidays=False).update(public_holidays="hold")
    dates = apps.get_model("calendars", "RhythmDate")
    for old in apps.get_model("calendars", "PublishedDate").objects.iterator():
        local = old.original_start.astimezone(_PARIS)
        dates.objects.create(
            rhythm_id=old.rhythm_id,
            session_id=old.session_id,
            day=local.date(),
            start=local.time(),
        )


def back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    from datetime import datetime

    rhythms = apps.get_model("calendars", "Rhythm").objects
    rhythms.exclude(public_holidays="skip").update(skip_holidays=False)
    published = apps.get_model("calendars", "PublishedDate").objects
    held = apps.get_model("calendars", "RhythmDate").objects.exclude(session=None)
    for one in held.iterator():
        start = datetime.combine(one.day, one.start, _PARIS)
        published.create(
            rhythm_id=one.rhythm_id, session_id=one.session_id, original_start=start
        )


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_rhythms_one_can_change")]

    operations = [migrations.RunPython(copy, back)]
