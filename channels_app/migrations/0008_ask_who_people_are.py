from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0007_telephone_lines")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="name_due_at",
            field=models.DateTimeField(blank=True, help_text="When its provider is asked who this is.", null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("name_due_at__isnull", False)),
                fields=["name_due_at"],
                name="conversation_without_name",
            ),
        ),
    ]
