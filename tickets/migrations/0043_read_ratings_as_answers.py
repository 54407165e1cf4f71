from django.db import migrations

STAMP = """
CREATE TRIGGER surveys_changed AFTER INSERT OR UPDATE OR DELETE ON tickets_survey
  FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('surveys');
"""
VALUES = "UPDATE tickets_rating SET value = CASE score WHEN 'good' THEN 2 ELSE 1 END WHERE value IS NULL AND scale = 2"
# Which answer of a ticket took the place of which: until now the latest of all of them counted.
REPLACED = """
UPDATE tickets_rating r SET replaced_by_id = n.next
FROM (SELECT id, lead(id) OVER (PARTITION BY ticket_id ORDER BY id) AS next FROM tickets_rating) n
WHERE n.id = r.id AND n.next IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0042_surveys")]

    operations = [
        migrations.RunSQL(STAMP, "DROP TRIGGER surveys_changed ON tickets_survey"),
        migrations.RunSQL(VALUES, migrations.RunSQL.noop),
        migrations.RunSQL(REPLACED, migrations.RunSQL.noop),
    ]
