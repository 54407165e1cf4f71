from django.db import migrations, models

# The ticket is locked first: what is asked next sees what those who held it have done.
KEEP = """
CREATE FUNCTION tickets_keep_has_files(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM tickets_ticket WHERE id = number FOR NO KEY UPDATE;
  UPDATE tickets_ticket t SET has_files = NOT t.has_files WHERE t.id = number AND t.has_files <> EXISTS (
    SELECT FROM tickets_message m JOIN tickets_attachment a ON a.message_id = m.id
    WHERE m.ticket_id = number AND m.delivery_state <> 'cancelled'
  );
END $$;
CREATE FUNCTION tickets_note_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tickets_keep_has_files(m.ticket_id) FROM tickets_message m
  WHERE m.id IN (OLD.message_id, NEW.message_id);
  RETURN NULL;
END $$;
CREATE FUNCTION tickets_note_message_with_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tickets_keep_has_files(OLD.ticket_id);
  PERFORM tickets_keep_has_files(NEW.ticket_id) WHERE OLD.ticket_id <> NEW.ticket_id;
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_file_there AFTER INSERT OR DELETE OR UPDATE OF message_id ON tickets_attachment
  FOR EACH ROW EXECUTE FUNCTION tickets_note_file();
CREATE TRIGGER tickets_message_elsewhere AFTER UPDATE OF ticket_id, delivery_state ON tickets_message FOR EACH ROW
  WHEN (OLD.ticket_id <> NEW.ticket_id OR (OLD.delivery_state = 'cancelled') <> (NEW.delivery_state = 'cancelled'))
  EXECUTE FUNCTION tickets_note_message_with_files();
"""
KEEP_NO_MORE = """
DROP TRIGGER tickets_message_elsewhere ON tickets_message;
DROP TRIGGER tickets_file_there ON tickets_attachment;
DROP FUNCTION tickets_note_message_with_files();
DROP FUNCTION tickets_note_file();
DROP FUNCTION tickets_keep_has_files(bigint);
"""


class Migration(migrations.Migration):
    """Lists that ask for files looked at every message of every ticket in question."""

    dependencies = [("tickets", "0046_keep_what_surveys_were")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="has_files",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="With some message that was not taken back; kept by the database, whoever adds or moves files.",
            ),
        ),
        migrations.RunSQL(KEEP, KEEP_NO_MORE),
    ]
