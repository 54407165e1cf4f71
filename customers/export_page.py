"""The page and the explanation on top of a person's archive, readable without anything of ours."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import PrivacyJob

FOLDERS = ("tickets", "mail", "messages", "files", "chats")


def index_of(job: PrivacyJob) -> tuple[str, str]:
    """`index.html` and `README.txt`. The names of the files are those of the parts, so that both can list them."""
    kinds = [(kind, number) for kind, number in sorted(job.counts.items()) if kind not in FOLDERS]
    context = {
        "customer": job.customer,
        "identities": job.customer.identities.all(),
        "kinds": kinds,
        "counts": job.counts,
        "tickets": job.plan.get("tickets", []),
        "mails": job.plan.get("mails", []),
        "with_notes": job.options.get("notes"),
        "made_at": timezone.now(),
        "where": settings.PUBLIC_URL,
    }
    page = render_to_string("customers/privacy/archive.html", context)
    lines = [
        _("Everything that is stored about %(name)s.") % {"name": job.customer},
        _("Made on %(day)s at %(where)s.") % {"day": f"{timezone.now():%Y-%m-%d}", "where": settings.PUBLIC_URL},
        "",
        _("index.html can be read in a browser. The .json files hold the same for programs, in UTF-8."),
        _("tickets/: a file for each ticket, with its messages. files/: what was attached. mail/: mails as they came."),
        _("chats/: a file for each chat, line by line."),
        _("Notes of staff are included, marked is_internal.")
        if job.options.get("notes")
        else _("Internal notes of staff are left out."),
        "",
        *[f"{kind}: {number}" for kind, number in sorted(job.counts.items())],
    ]
    return page, "\n".join(lines) + "\n"
