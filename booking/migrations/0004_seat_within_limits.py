from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from booking import guards


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_LIMITS:
            schema_editor.execute(statement)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_LIMITS_UNDO:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    """A seat's number stays within its session's capacity and allowance; SQLite's part is in
    guards.after_migrate."""

    dependencies = [("booking", "0003_seats_that_cannot_be_oversold")]

    operations = [migrations.RunPython(install, remove)]
