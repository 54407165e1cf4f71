"""Work out for tickets that are there already what the services keep from now on."""

from django.db import migrations

TELL = """
WITH facts AS (
    SELECT t.id,
        max(e.created_at) FILTER (WHERE e.kind = 'status.changed') AS status_changed_at,
        max(e.created_at) FILTER (WHERE e.kind = 'assignee.changed' AND e.payload ->> 'new_id' IS NOT NULL) AS assigned_at,
        count(*) FILTER (WHERE e.kind = 'status.changed' AND e.payload ->> 'old' = 'solved'
                         AND e.payload ->> 'new' <> 'closed') AS reopens,
        count(DISTINCT e.payload ->> 'new_id') FILTER (WHERE e.kind = 'assignee.changed') AS assignees,
        count(DISTINCT e.payload ->> 'new_id') FILTER (WHERE e.kind = 'team.changed') AS teams,
        max(e.created_at) FILTER (WHERE e.actor_customer_id = t.requester_id) AS requester_updated_at,
        max(e.created_at) FILTER (WHERE e.actor_user_id = t.assignee_id) AS assignee_updated_at
    FROM tickets_ticket t JOIN tickets_ticketevent e ON e.ticket_id = t.id
    GROUP BY t.id
), replies AS (
    SELECT ticket_id, count(*) AS replies FROM tickets_message
    WHERE kind = 'public' AND author_role NOT IN ('', 'system') AND delivery_state <> 'cancelled'
    GROUP BY ticket_id
)
UPDATE tickets_ticket t SET
    status_changed_at = coalesce(f.status_changed_at, t.created_at),
    assigned_at = coalesce(f.assigned_at, CASE WHEN t.assignee_id IS NOT NULL THEN t.created_at END),
    requester_updated_at = f.requester_updated_at,
    assignee_updated_at = f.assignee_updated_at,
    reopen_count = f.reopens,
    reply_count = coalesce(r.replies, 0),
    assignee_stations = greatest(f.assignees, CASE WHEN t.assignee_id IS NOT NULL THEN 1 ELSE 0 END),
    team_stations = greatest(f.teams, CASE WHEN t.team_id IS NOT NULL THEN 1 ELSE 0 END)
FROM facts f LEFT JOIN replies r ON r.ticket_id = f.id
WHERE t.id = f.id
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_views_bulk_edits_and_notifications")]

    operations = [migrations.RunSQL(TELL, migrations.RunSQL.noop)]
