from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from booking import guards


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL:
            schema_editor.execute(statement)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_UNDO:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    """What Django's constraints cannot say; SQLite's part is in guards.after_migrate."""

    dependencies = [("booking", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
