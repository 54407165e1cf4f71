"""What the search of articles asks the database by name, and words kept where they cost nothing until they are read."""

from django.db import migrations

# A planner that knows how small the rows are reads all of them rather than the index, and each vector with them: it does
# not count what is stored out of line. Here it has no choice.
MATCHING = """
CREATE FUNCTION knowledge_base_matching(question tsquery) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE ROWS 300 SET enable_seqscan = off
AS $$ SELECT translation_id FROM knowledge_base_articlewords WHERE vector @@ question $$
"""

# Written in another shape by the release before; upkeep.py writes them again within a minute.
FORGET = """
DELETE FROM knowledge_base_articlewords;
DELETE FROM knowledge_base_knownword
"""


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0003_imports_and_links"),
    ]

    operations = [
        migrations.RunSQL(MATCHING, "DROP FUNCTION knowledge_base_matching(tsquery)"),
        migrations.RunSQL(
            "ALTER TABLE knowledge_base_articlewords SET (toast_tuple_target = 128)",
            "ALTER TABLE knowledge_base_articlewords RESET (toast_tuple_target)",
        ),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
