from django.db import migrations


class Migration(migrations.Migration):
    """A ticket's id is its number; four digits from the first one on."""

    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket ALTER COLUMN id SET START WITH 1001 RESTART", migrations.RunSQL.noop
        ),
    ]
