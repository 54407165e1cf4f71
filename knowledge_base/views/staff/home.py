"""The staff's home of the knowledge base: what there is, what is being worked on, what waits for whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from knowledge_base.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def home(request: StaffRequest) -> HttpResponse:
    return render(request, "knowledge/home.html", {"active": "knowledge"})
