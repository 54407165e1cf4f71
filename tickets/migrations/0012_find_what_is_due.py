from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the running release: CONCURRENTLY locks nobody out, and can't be in a transaction."""

    atomic = False
    dependencies = [("tickets", "0011_rules_sla_and_routing")]

    operations = [
        AddIndexConcurrently(
            "ticket",
            models.Index(
                condition=models.Q(("sla_due_at__isnull", False)), fields=["sla_due_at", "id"], name="ticket_sla_due"
            ),
        ),
    ]
