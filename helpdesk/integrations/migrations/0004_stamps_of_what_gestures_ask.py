from django.db import migrations

CHANGED = """
CREATE TRIGGER webhooks_changed AFTER INSERT OR DELETE OR UPDATE OF is_active, kinds, conditions
  ON integrations_webhookendpoint FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('webhooks');
CREATE TRIGGER slack_changed AFTER INSERT OR DELETE OR UPDATE OF is_active
  ON integrations_slackworkspace FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('slack');
"""
NO_LONGER = """
DROP TRIGGER webhooks_changed ON integrations_webhookendpoint;
DROP TRIGGER slack_changed ON integrations_slackworkspace;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_account_actions"),
        ("tickets", "0024_stamps_of_what_gestures_ask"),
    ]

    operations = [
        migrations.RunSQL(CHANGED, NO_LONGER),
    ]
