"""`manage.py recheck_files`: have every stored file checked for malware, as after the scanner was set up."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tickets.models import Attachment, ScanState


class Command(BaseCommand):
    help = "Marks all files as not yet checked; the worker then checks them, up to 200 every 30 s, oldest first."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CLAMD_URL:
            raise CommandError("no scanner is set up: CLAMD_URL is empty")
        marked = Attachment.objects.exclude(scan_state__in=[ScanState.PENDING, ScanState.INFECTED])
        self.stdout.write(f"{marked.update(scan_state=ScanState.PENDING, scan_detail='')} files will be checked.")
