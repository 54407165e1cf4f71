from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0032_where_forms_were_filled_in")]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mention", "Somebody mentions me or my team"),
                    ("assigned", "A ticket is assigned to me"),
                    ("customer_replied", "A customer answers on a ticket that is mine or that I follow"),
                    ("followed", "A colleague writes on my ticket, or does something on one I follow"),
                    ("not_sent", "My reply could not be sent, or was held back"),
                    ("rule", "A rule tells me something"),
                    ("bulk_done", "My bulk edit is done"),
                    ("trouble", "Something that admins set up was switched off"),
                    ("bad_rating", "A customer was not content with a ticket of mine, of my team, or one I follow"),
                    ("article", "An article of mine needs me, or one waits for my approval"),
                ],
                max_length=20,
            ),
        ),
    ]
