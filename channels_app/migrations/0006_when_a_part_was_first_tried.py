from django.db import migrations, models

# What routes ask of accounts; not what every message changes of them.
CHANGED = """
CREATE TRIGGER providers_changed AFTER INSERT OR DELETE OR UPDATE OF kind, name, inbox_id, external_id, is_active
  ON channels_app_provideraccount FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('providers');
"""
NO_LONGER = "DROP TRIGGER providers_changed ON channels_app_provideraccount;"


class Migration(migrations.Migration):
    dependencies = [
        ("channels_app", "0005_provider_accounts"),
        ("tickets", "0038_channels_of_other_companies"),
    ]

    operations = [
        migrations.AddField(
            model_name="providermessage",
            name="tried_since",
            field=models.DateTimeField(
                blank=True, help_text="The first try, since a person last decided to try.", null=True
            ),
        ),
        migrations.RunSQL(CHANGED, NO_LONGER),
    ]
