from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0009_whose_words_a_call_holds")]

    operations = [
        migrations.AddIndex(
            model_name="providermessage",
            index=models.Index(
                condition=models.Q(("reply_to", ""), _negated=True),
                fields=["account", "reply_to"],
                name="provider_part_answers",
            ),
        ),
    ]
