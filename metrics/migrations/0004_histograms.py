import django.contrib.postgres.fields
from django.db import migrations, models

ARRAYS = {
    "buckets": models.SmallIntegerField,
    "counts": models.IntegerField,
    "buckets_business": models.SmallIntegerField,
    "counts_business": models.IntegerField,
}


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0003_own_pages_goals_and_voice"),
    ]

    operations = [
        migrations.RemoveField(model_name="dayfigure", name="histogram"),
        migrations.RemoveField(model_name="dayfigure", name="histogram_business"),
        *(
            migrations.AddField(
                model_name="dayfigure",
                name=name,
                field=django.contrib.postgres.fields.ArrayField(base_field=kind(), default=list, size=None),
            )
            for name, kind in ARRAYS.items()
        ),
    ]
