from django.db import migrations, models

STAMPS = """
CREATE SEQUENCE tickets_stamp_numbers;
CREATE FUNCTION tickets_raise_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tickets_stamp (name, number) VALUES (TG_ARGV[0], nextval('tickets_stamp_numbers'))
    ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number;
  RETURN NULL;
END $$;
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE ON tickets_rule
  FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('rules');
CREATE TRIGGER rule_categories_changed AFTER INSERT OR UPDATE OR DELETE ON tickets_rulecategory
  FOR EACH STATEMENT EXECUTE FUNCTION tickets_raise_stamp('rules');
INSERT INTO tickets_stamp (name, number) VALUES ('rules', nextval('tickets_stamp_numbers'));
"""
NO_STAMPS = """
DROP TRIGGER rule_categories_changed ON tickets_rulecategory;
DROP TRIGGER rules_changed ON tickets_rule;
DROP FUNCTION tickets_raise_stamp();
DROP SEQUENCE tickets_stamp_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0015_slack"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(STAMPS, NO_STAMPS),
        migrations.AddField(
            model_name="message",
            name="refuses_answers",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A machine, a list or nobody wrote it: nothing may answer it automatically (RFC 3834 §2).",
            ),
        ),
        migrations.AlterField(
            model_name="ruletrace",
            name="steps",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mention", "Somebody mentions me or my team"),
                    ("assigned", "A ticket is assigned to me"),
                    ("customer_replied", "A customer answers on a ticket that is mine or that I follow"),
                    ("followed", "A colleague writes on my ticket, or does something on one I follow"),
                    ("not_sent", "My reply could not be sent, or was held back"),
                    ("rule", "A rule tells me something"),
                    ("bulk_done", "My bulk edit is done"),
                    ("trouble", "Something that admins set up was switched off"),
                ],
                max_length=20,
            ),
        ),
    ]
