import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0008_ask_who_people_are")]

    operations = [
        migrations.AddField(
            model_name="hookpayload",
            name="conversations",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                db_default=[],
                default=list,
                help_text="Ids of those that it told of: whose words stand in it.",
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="hookpayload",
            index=django.contrib.postgres.indexes.GinIndex(fields=["conversations"], name="hook_payload_by_talk"),
        ),
    ]
