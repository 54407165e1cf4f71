from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0004_stamps_of_what_gestures_ask"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhookdelivery",
            name="cause_depth",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How many rules led to it: told to them, for them to send back."
            ),
        ),
    ]
