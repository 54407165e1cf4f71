from django.db import migrations


class Migration(migrations.Migration):
    """Lists and counts read their index alone as long as PostgreSQL knows which pages of the table hold old rows only.
    Every vacuum says that anew: by default it waits for a fifth of all tickets to have changed.
    """

    dependencies = [("tickets", "0035_mails_about_chats")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE tickets_ticket RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]
