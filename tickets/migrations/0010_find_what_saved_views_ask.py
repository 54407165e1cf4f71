from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNSOLVED = models.Q(("status__in", ("new", "open", "pending", "hold")))


class Migration(migrations.Migration):
    """Built beside the running release: CONCURRENTLY locks nobody out, and can't be in a transaction."""

    atomic = False
    dependencies = [("tickets", "0009_files_to_be_checked")]

    operations = [
        AddIndexConcurrently(
            "ticket", models.Index(condition=UNSOLVED, fields=["team", "-updated_at", "-id"], name="ticket_view_team")
        ),
        AddIndexConcurrently("ticket", models.Index(fields=["created_at"], name="ticket_created")),
        AddIndexConcurrently(
            "ticket",
            models.Index(condition=models.Q(("solved_at__isnull", False)), fields=["solved_at"], name="ticket_solved"),
        ),
    ]
