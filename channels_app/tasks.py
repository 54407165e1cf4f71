"""Where Celery looks for tasks."""

from channels_app.tasks_identity_links import send_identity_links
from channels_app.tasks_inbound import process_payload, read_waiting_mail
from channels_app.tasks_notices import forget_old_notices, send_notices
from channels_app.tasks_outbound import send_delivery, sweep_outbox

__all__ = [
    "forget_old_notices",
    "process_payload",
    "read_waiting_mail",
    "send_delivery",
    "send_identity_links",
    "send_notices",
    "sweep_outbox",
]
