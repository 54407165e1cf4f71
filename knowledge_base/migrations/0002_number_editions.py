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
CREATE SEQUENCE knowledge_base_edition_numbers;
CREATE FUNCTION knowledge_base_raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO knowledge_base_edition (id, number) VALUES (1, nextval('knowledge_base_edition_numbers'))
    ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number;
  RETURN NULL;
END $$
"""
NO_RAISE = """
DROP FUNCTION knowledge_base_raise_edition();
DROP SEQUENCE knowledge_base_edition_numbers
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
        migrations.RunSQL(RAISE, NO_RAISE),
        *(trigger(table, when) for table, when in WHEN.items()),
    ]
