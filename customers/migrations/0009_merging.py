import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Whoever brings or changes what tells people apart, by whatever way, leaves a note that the record is to be compared.
TRIGGERS = """
CREATE FUNCTION customers_note_new_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO customers_uncheckedcustomer (customer_id, noted_at)
  SELECT id, now() FROM fresh WHERE organisation_id IS NOT NULL ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION customers_note_new_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO customers_uncheckedcustomer (customer_id, noted_at)
  SELECT DISTINCT customer_id, now() FROM fresh ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION customers_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO customers_uncheckedcustomer (customer_id, noted_at) VALUES (
    CASE TG_TABLE_NAME WHEN 'customers_customer' THEN (to_jsonb(NEW) ->> 'id') ELSE (to_jsonb(NEW) ->> 'customer_id')
    END::bigint, now()
  ) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER customers_check_new_customers AFTER INSERT ON customers_customer
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION customers_note_new_customers();
CREATE TRIGGER customers_check_new_identities AFTER INSERT ON customers_identity
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION customers_note_new_identities();
CREATE TRIGGER customers_check_changed AFTER UPDATE OF name, organisation_id ON customers_customer FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
  EXECUTE FUNCTION customers_note_changed();
CREATE TRIGGER customers_check_moved AFTER UPDATE OF customer_id, value ON customers_identity FOR EACH ROW
  WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.value IS DISTINCT FROM NEW.value)
  EXECUTE FUNCTION customers_note_changed();
"""
NO_TRIGGERS = """
DROP TRIGGER customers_check_moved ON customers_identity;
DROP TRIGGER customers_check_changed ON customers_customer;
DROP TRIGGER customers_check_new_identities ON customers_identity;
DROP TRIGGER customers_check_new_customers ON customers_customer;
DROP FUNCTION customers_note_changed();
DROP FUNCTION customers_note_new_identities();
DROP FUNCTION customers_note_new_customers();
"""
# Who is there already is compared in the background.
NOTE_ALL = """
INSERT INTO customers_uncheckedcustomer (customer_id, noted_at) SELECT id, now() FROM customers_customer
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_segments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UncheckedCustomer",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("survivor_before", models.JSONField(default=dict)),
                ("survivor_after", models.JSONField(default=dict)),
                ("merged_before", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("actor_name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "forgotten_at",
                    models.DateTimeField(blank=True, help_text="Erased; it can’t be taken back.", null=True),
                ),
                (
                    "actor_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="was_merged", to="customers.customer"
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="customers.customer"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("merged",),
                        name="customer_merge_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("merged")), _negated=True),
                        name="customer_merge_of_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateSuggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.JSONField(default=list)),
                ("score", models.PositiveSmallIntegerField(help_text="How sure, of 100.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("dismissed", "Not the same person"),
                            ("merged", "Merged"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["-score", "-id"],
                        name="duplicate_suggestion_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="duplicate_suggestion_unique_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="duplicate_suggestion_in_order"
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(NOTE_ALL, migrations.RunSQL.noop),
    ]
