from django.db import migrations

ROUTING = """
CREATE TRIGGER routing_changed AFTER INSERT OR UPDATE OR DELETE ON tickets_teamrouting
  FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('routing');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0023_timelines"),
    ]

    operations = [
        migrations.RunSQL(ROUTING, "DROP TRIGGER routing_changed ON tickets_teamrouting"),
    ]
