from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    """Staff are made by an admin: whoever signs in could otherwise sign up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
