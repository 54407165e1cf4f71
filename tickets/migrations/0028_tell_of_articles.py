import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0002_number_editions"),
        ("tickets", "0027_ratings"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="article",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to="knowledge_base.article",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="article_language",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
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
                    ("article", "An article of mine needs me, or one waits for my approval"),
                ],
                max_length=20,
            ),
        ),
    ]
