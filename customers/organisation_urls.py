"""Addresses of organisations' own pages; their list and numbers are beside those of tickets."""

from django.urls import path

from customers.views import organisations

ONE = "customers/organisations/<int:organisation_id>/"

urlpatterns = [
    path("customers/organisations/new/", organisations.new_organisation, name="organisation-new"),
    path(ONE, organisations.organisation_page, name="organisation"),
    path(f"{ONE}edit/", organisations.edit_organisation, name="organisation-edit"),
    path(f"{ONE}members/", organisations.members, name="organisation-members"),
    path(f"{ONE}members/<int:customer_id>/removal/", organisations.member_removal, name="organisation-member-removal"),
    path(f"{ONE}candidates/", organisations.candidate_list, name="organisation-candidates"),
]
