from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0029_where_sign_in_links_were_asked_for")]

    operations = [
        migrations.AddField(
            model_name="contactrequest",
            name="handed_over_at",
            field=models.DateTimeField(
                blank=True, help_text="Set just before a server may have the mail; see channels_app.", null=True
            ),
        ),
    ]
