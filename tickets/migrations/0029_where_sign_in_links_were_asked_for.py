import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0001_help_centre"),
        ("tickets", "0028_tell_of_articles"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinlink",
            name="centre",
            field=models.ForeignKey(
                blank=True,
                help_text="Where they asked for it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="knowledge_base.helpcentre",
            ),
        ),
        migrations.AddField(
            model_name="signinlink",
            name="handed_over_at",
            field=models.DateTimeField(
                blank=True, help_text="Set just before a server may have the mail; see channels_app.", null=True
            ),
        ),
    ]
