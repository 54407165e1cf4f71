from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0016_rules_run"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkjob",
            name="list_query",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="The address of a list whose tickets are still being written down as items.",
            ),
        ),
    ]
