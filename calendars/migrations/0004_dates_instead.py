from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("calendars", "0003_published_dates")]

    operations = [
        migrations.RemoveField(model_name="rhythm", name="skip_holidays"),
        migrations.DeleteModel(name="PublishedDate"),
    ]
