from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0012_mailboxes")]

    operations = [
        migrations.AddIndex(
            model_name="providermessage",
            index=models.Index(
                condition=models.Q(("direction", "out")), fields=["state", "-id"], name="provider_part_by_state"
            ),
        ),
    ]
