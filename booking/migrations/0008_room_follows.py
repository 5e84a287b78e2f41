from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from booking import guards


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(guards.ROOM_OF_ALL)
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_ROOM:
            schema_editor.execute(statement)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_ROOM_UNDO:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    """`has_room` as the seats say, and from now on for good; SQLite's part is in
    guards.after_migrate."""

    dependencies = [("booking", "0007_finding_a_place")]

    operations = [migrations.RunPython(install, remove)]
