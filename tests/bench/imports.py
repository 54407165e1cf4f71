"""100,000 customers from a CSV: the check and the import, by one process alone."""

from __future__ import annotations

import time
from typing import cast
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from customers.imports import running, uploading
from customers.models import Customer, ImportJob
from helpdesk.accounts.models import User
from tests.bench.results import Results
from tests.bench.stack import Stack

ROWS = 100_000


def bench_imports(stack: Stack, results: Results) -> None:
    stack.stop("worker", "beat")
    mark = uuid4().hex[:8]
    user = User.objects.get(email="admin@demo.test")
    try:
        job = uploading.keep(ContentFile(table(mark).encode()), "people.csv", of="customer", user=user)
        checked = run(job, is_dry=True)
        written = run(job, is_dry=False)
        done = ImportJob.objects.get(pk=job.pk)
        if done.created != ROWS:
            raise AssertionError(f"{done.created} created, {done.failed} left out: {done.reason}")
        results.at_most("import of 100,000 customers, check", checked, "s", 180, "nothing is written")
        results.at_most("import of 100,000 customers", written, "s", 180, "two identities and an organisation each")
    finally:
        forget(mark)
        stack.start("worker", "beat")


def table(mark: str) -> str:
    lines = ["external id,name,email,phone,organisation,tags,language,location,tier"]
    lines += [
        f"{mark}-{number},Person {number},p{number}@{mark}.example,,Company {number % 500} {mark},bench,en,Town,gold"
        for number in range(ROWS)
    ]
    return "\n".join(lines) + "\n"


def run(job: ImportJob, *, is_dry: bool) -> float:
    begun = time.monotonic()
    running.begin(job, is_dry=is_dry, now=timezone.now())
    while running.run_job(job.pk):
        pass
    return time.monotonic() - begun


def forget(mark: str) -> None:
    """As it was before, so that what is measured next is measured over the same company."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.customer_id FROM customers_identity i WHERE i.kind = 'external' AND i.value LIKE %s",
            [f"{mark}-%"],
        )
        numbers = [cast(int, pk) for (pk,) in cursor.fetchall()]
    for first in range(0, len(numbers), 5000):
        Customer.objects.filter(pk__in=numbers[first : first + 5000]).delete()
