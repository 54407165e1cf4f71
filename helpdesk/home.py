"""What stands at "/": the help centre, or how to reach the company until it has articles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from helpdesk.accounts.models import User
from knowledge_base.views.help.pages import front
from tickets.models import Inbox


def home(request: HttpRequest) -> HttpResponse:
    if (page := front(request)) is not None:
        return page
    if not User.objects.exists():
        return redirect("setup")
    return render(request, "home.html", {"inboxes": Inbox.objects.filter(is_active=True)})
