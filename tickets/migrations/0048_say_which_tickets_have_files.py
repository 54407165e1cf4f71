from typing import Any

from django.db import migrations

PIECE = 10_000  # numbers at a time: each piece is a transaction of its own, and locks its tickets for a moment
FILL = """
UPDATE tickets_ticket SET has_files = true WHERE id IN (
  SELECT t.id FROM tickets_ticket t WHERE t.id >= %s AND t.id < %s AND NOT t.has_files AND EXISTS (
    SELECT FROM tickets_message m JOIN tickets_attachment a ON a.message_id = m.id
    WHERE m.ticket_id = t.id AND m.delivery_state <> 'cancelled'
  ) ORDER BY t.id FOR NO KEY UPDATE OF t
)
"""


def fill(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM tickets_ticket")
        for first in range(0, cursor.fetchone()[0] + 1, PIECE):
            cursor.execute(FILL, [first, first + PIECE])


class Migration(migrations.Migration):
    """Of tickets that were there before; from 0047 on the database keeps it."""

    atomic = False
    dependencies = [("tickets", "0047_keep_whether_there_are_files")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
