from django.db import migrations

# Tickets that began in public before there were cases. What is done with needs no sorting any more.
CASES = """
INSERT INTO tickets_publiccase (ticket_id, triage, reason, before, signs, created_at)
SELECT t.id, CASE WHEN t.status IN ('solved', 'closed') THEN 'support' ELSE 'new' END, '', '{}', '[]', t.created_at
FROM tickets_ticket t
WHERE EXISTS (
  SELECT 1 FROM channels_app_conversation c
  WHERE c.ticket_id = t.id AND c.thread_key LIKE 'post:%' AND c.created_at < t.created_at + interval '1 minute'
)
ON CONFLICT (ticket_id) DO NOTHING
"""
PUBLIC = "UPDATE channels_app_conversation SET is_public = true WHERE thread_key LIKE 'post:%' AND NOT is_public"


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0013_find_parts_by_state"), ("tickets", "0041_public_posts")]

    operations = [
        migrations.RunSQL(PUBLIC, migrations.RunSQL.noop),
        migrations.RunSQL(CASES, migrations.RunSQL.noop),
    ]
