import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# Whoever changes a name on a ticket, by whatever way, leaves a note that its words must be read again.
TRIGGERS = """
CREATE FUNCTION tickets_note_stale_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tickets_stalesearchentry (ticket_id, noted_at)
  SELECT t.id, now() FROM tickets_ticket t JOIN customers_customer c ON c.id = t.requester_id
  WHERE CASE TG_TABLE_NAME
    WHEN 'customers_customer' THEN c.id = NEW.id
    WHEN 'customers_organisation' THEN c.organisation_id = NEW.id
    ELSE t.id = NEW.id
  END
  ON CONFLICT (ticket_id) DO UPDATE SET noted_at = excluded.noted_at;
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_search_customer AFTER UPDATE OF name, organisation_id ON customers_customer FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
  EXECUTE FUNCTION tickets_note_stale_search();
CREATE TRIGGER tickets_search_organisation AFTER UPDATE OF name ON customers_organisation FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION tickets_note_stale_search();
CREATE TRIGGER tickets_search_requester AFTER UPDATE OF requester_id ON tickets_ticket FOR EACH ROW
  WHEN (OLD.requester_id IS DISTINCT FROM NEW.requester_id)
  EXECUTE FUNCTION tickets_note_stale_search();
"""
NO_TRIGGERS = """
DROP TRIGGER tickets_search_requester ON tickets_ticket;
DROP TRIGGER tickets_search_organisation ON customers_organisation;
DROP TRIGGER tickets_search_customer ON customers_customer;
DROP FUNCTION tickets_note_stale_search();
"""
# The vectors lie beside the table, so that counting and sorting hits reads a hundred rows a page instead of four.
NARROW = "ALTER TABLE tickets_searchentry SET (toast_tuple_target = 128)"
# What is there already is indexed in the background, from the newest ticket down.
BEGIN_FILLING = """
INSERT INTO tickets_searchprogress (id, fill_below, words_up_to)
SELECT 1, coalesce(max(id), -1) + 1, 0 FROM tickets_ticket
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_number_customers_from_a_million"),
        ("tickets", "0007_replies_sent_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="SearchProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fill_below",
                    models.BigIntegerField(
                        default=0,
                        help_text="Tickets with a smaller number were there before the search and are not indexed yet.",
                    ),
                ),
                (
                    "words_up_to",
                    models.BigIntegerField(default=0, help_text="Entries up to this `newest` have told their words."),
                ),
            ],
            options={"verbose_name_plural": "search progress"},
        ),
        migrations.CreateModel(
            name="StaleSearchEntry",
            fields=[
                ("ticket_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"verbose_name_plural": "stale search entries"},
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("tickets", models.PositiveIntegerField(default=0, help_text="In how many, roughly.")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query", models.CharField(max_length=1000)),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "saved searches",
                "ordering": ["-used_at"],
                "indexes": [models.Index(fields=["user", "-used_at"], name="saved_search_recent")],
                "constraints": [models.UniqueConstraint(fields=("user", "query"), name="saved_search_unique_query")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField(default=0)),
                (
                    "is_last",
                    models.BooleanField(default=True, help_text="No later part of the same ticket exists."),
                ),
                ("newest", models.BigIntegerField(default=0)),
                ("words", models.PositiveIntegerField(default=0)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entries",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["vector"], gin_pending_list_limit=64, name="search_entry_words"
                    ),
                    models.Index(fields=["newest", "ticket"], name="search_entry_newest"),
                ],
                "constraints": [models.UniqueConstraint(fields=("ticket", "part"), name="search_entry_unique_part")],
            },
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(BEGIN_FILLING, migrations.RunSQL.noop),
    ]
