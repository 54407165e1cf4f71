"""Where Celery looks for tasks."""

from channels_app.tasks_inbound import process_payload, read_waiting_mail
from channels_app.tasks_outbound import send_delivery, sweep_outbox

__all__ = ["process_payload", "read_waiting_mail", "send_delivery", "sweep_outbox"]
