import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

GIANTS = models.Q(("part__gt", 0), ("is_last", False), _connector="OR")


class Migration(migrations.Migration):
    """Built beside the running release: CONCURRENTLY locks nobody out, and can't be in a transaction."""

    atomic = False
    dependencies = [("tickets", "0018_waiting_for_routing")]

    operations = [
        AddIndexConcurrently(
            "searchentry",
            django.contrib.postgres.indexes.GinIndex(
                condition=GIANTS, fields=["vector"], name="search_entry_of_giants"
            ),
        ),
    ]
