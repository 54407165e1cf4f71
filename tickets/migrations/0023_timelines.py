from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

TOLD = (
    "ticket.opened",
    "follow_up.opened",
    "status.changed",
    "priority.changed",
    "subject.changed",
    "assignee.changed",
    "team.changed",
    "message.moved",
    "sla.breached",
)


class Migration(migrations.Migration):
    """Built beside the running release: CONCURRENTLY locks nobody out, and can't be in a transaction.

    `message_of_author` takes the place of the foreign key's own index.
    """

    atomic = False
    dependencies = [("tickets", "0022_find_who_wrote_last")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["ticket", "-created_at", "-id"], condition=Q(kind="public"), name="message_said"),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(fields=["ticket", "-created_at", "-id"], condition=Q(kind="note"), name="message_noted"),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["author_customer", "-created_at", "-id"],
                include=["ticket", "kind"],
                condition=Q(author_customer__isnull=False),
                name="message_of_author",
            ),
        ),
        AddIndexConcurrently(
            "ticketevent",
            models.Index(fields=["ticket", "-created_at", "-id"], condition=Q(kind__in=TOLD), name="event_told"),
        ),
        migrations.AlterField(
            "message",
            "author_customer",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="messages",
                to="customers.customer",
            ),
        ),
    ]
