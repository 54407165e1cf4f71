import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0005_of_customers"),
        ("tickets", "0031_live_chat"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactrequest",
            name="centre",
            field=models.ForeignKey(
                blank=True,
                help_text="Where the form was filled in.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="knowledge_base.helpcentre",
            ),
        ),
    ]
