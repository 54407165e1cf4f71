from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0044_tell_of_goals")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="rings",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="It is put before agents: not while a greeting is said, or a voicemail is left.",
            ),
        ),
    ]
