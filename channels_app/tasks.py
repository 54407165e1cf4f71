"""Where Celery looks for tasks."""

from channels_app.tasks_accounts import ask_for_name, ask_for_names, refresh_account, refresh_accounts
from channels_app.tasks_chat_mails import forget_old_chat_mails, send_chat_mails
from channels_app.tasks_contact import send_contact_mails
from channels_app.tasks_hooks import (
    fetch_file,
    fetch_waiting_files,
    forget_old_hooks,
    read_hook,
    read_waiting_hooks,
)
from channels_app.tasks_identity_links import send_identity_links
from channels_app.tasks_inbound import process_payload, read_waiting_mail
from channels_app.tasks_notices import forget_old_notices, send_notices
from channels_app.tasks_outbound import send_delivery, sweep_outbox
from channels_app.tasks_parts import send_part, sweep_parts
from channels_app.tasks_sign_in_links import forget_old_sign_in_links, send_sign_in_links
from channels_app.tasks_survey_mails import forget_old_survey_mails, send_survey_mails
from channels_app.tasks_telegram import ask_telegram
from channels_app.voice.tasks_voice import bring_together, fetch_recordings, hang_up_rest

__all__ = [
    "ask_for_name",
    "ask_for_names",
    "ask_telegram",
    "bring_together",
    "fetch_file",
    "fetch_recordings",
    "fetch_waiting_files",
    "forget_old_chat_mails",
    "forget_old_hooks",
    "forget_old_notices",
    "forget_old_sign_in_links",
    "forget_old_survey_mails",
    "hang_up_rest",
    "process_payload",
    "read_hook",
    "read_waiting_hooks",
    "read_waiting_mail",
    "refresh_account",
    "refresh_accounts",
    "send_chat_mails",
    "send_contact_mails",
    "send_delivery",
    "send_identity_links",
    "send_notices",
    "send_part",
    "send_sign_in_links",
    "send_survey_mails",
    "sweep_outbox",
    "sweep_parts",
]
