import django.utils.timezone
from django.db import migrations, models

HELD = """
UPDATE knowledge_base_picture SET unused_since = NULL WHERE id IN (
  SELECT picture_id FROM knowledge_base_picture_articles UNION SELECT picture_id FROM knowledge_base_picture_blocks
)
"""


class Migration(migrations.Migration):
    """The release before writes no such moment: what it takes in meanwhile counts as held, and stays."""

    dependencies = [
        ("knowledge_base", "0005_of_customers"),
    ]

    operations = [
        migrations.AddField(
            "picture",
            "unused_since",
            models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
        ),
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
        migrations.AddIndex(
            "picture",
            models.Index(
                condition=models.Q(("unused_since__isnull", False)), fields=["unused_since"], name="picture_unused"
            ),
        ),
    ]
