from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the running release: CONCURRENTLY locks nobody out, and can't be in a transaction."""

    atomic = False
    dependencies = [("tickets", "0048_say_which_tickets_have_files")]

    operations = [
        AddIndexConcurrently(
            "ticketevent",
            models.Index(
                fields=["created_at"], condition=Q(kind__in=("rule.fired", "rule.failed")), name="event_of_rules"
            ),
        ),
    ]
