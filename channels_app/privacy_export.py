"""The mail part of a person's archive: every mail of theirs, byte for byte as it came."""

from __future__ import annotations

from channels_app.privacy import from_them
from customers.exporting import part_of, person_exported, row_of
from customers.models import PrivacyJob

CHUNK = 200


def export_mail(job: PrivacyJob) -> int | None:
    """Step: the next mails, each as a file that every mail program opens, and what became of them."""
    person = person_exported(job)
    rows = list(from_them(person).filter(pk__gt=job.cursor).order_by("pk")[:CHUNK])
    if not rows:
        return None
    with part_of(job, f"mail-{rows[0].pk}") as part:
        told = []
        for row in rows:
            told.append({**row_of(row, but=("leased_until", "content_key")), "in": f"mail/{row.pk}.eml"})
            part.bytes(f"mail/{row.pk}.eml", [bytes(row.raw)])
        part.json(f"mail/{rows[0].pk}", told)
    job.plan["mails"] = [
        *job.plan.get("mails", []),
        *[(row.pk, row.subject, str(row.received_at.date())) for row in rows],
    ]
    return rows[-1].pk
