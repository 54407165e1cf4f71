from django.db import migrations, models


class Migration(migrations.Migration):
    """The sweeper looks for files that wait for the malware scanner every 30 s: a handful among all."""

    dependencies = [("tickets", "0008_search")]

    operations = [
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("scan_state", "pending")), fields=["id"], name="attachment_unchecked"
            ),
        ),
    ]
