"""The public front page: how to reach the company, until its help centre has articles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from helpdesk.accounts.models import User
from tickets.models import Inbox


def home(request: HttpRequest) -> HttpResponse:
    if not User.objects.exists():
        return redirect("setup")
    return render(request, "home.html", {"inboxes": Inbox.objects.filter(is_active=True)})
