from django.db import migrations, models


class Migration(migrations.Migration):
    """No change in the database: `scheduled` is one more value of a text column."""

    dependencies = [("tickets", "0006_tell_people")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="delivery_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("scheduled", "Sent later"),
                    ("queued", "Sending soon"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("deferred", "Will be tried again"),
                    ("failed", "Not sent"),
                    ("unknown", "May not have been sent"),
                    ("cancelled", "Taken back"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
