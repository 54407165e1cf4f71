"""Whatever readers see raises the number of the edition, by whichever way it was changed."""

from django.db import migrations

ANY = "INSERT OR UPDATE OR DELETE"
WHEN = {
    "helpcentre": ANY,
    "category": ANY,
    "section": ANY,
    "article": ANY,
    "translation": "UPDATE OF published_id, slug OR DELETE",  # drafts are saved every few seconds
    "contentblock": ANY,
    "picture": ANY,
    "comment": ANY,
    "synonyms": ANY,
    "oldaddress": ANY,
}

RAISE = """
CREATE FUNCTION knowledge_base_raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE knowledge_base_edition SET number = number + 1;
  RETURN NULL;
END $$
"""


def trigger(table: str, when: str) -> migrations.RunSQL:
    name, on = f"{table}_changed", f"knowledge_base_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {when} ON {on} FOR EACH STATEMENT EXECUTE FUNCTION knowledge_base_raise_edition()",
        f"DROP TRIGGER {name} ON {on}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0001_help_centre"),
    ]

    operations = [
        migrations.RunSQL(
            "INSERT INTO knowledge_base_edition (number) VALUES (1)", "DELETE FROM knowledge_base_edition"
        ),
        migrations.RunSQL(RAISE, "DROP FUNCTION knowledge_base_raise_edition()"),
        *(trigger(table, when) for table, when in WHEN.items()),
    ]
