from django.urls import path

from customers.views import (
    consent,
    dates,
    duplicates,
    editing,
    facts,
    identities,
    merging,
    pictures,
    proofs,
    record,
    suggestions,
)

urlpatterns = [
    path("customers/duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("customers/duplicates/<int:suggestion_id>/dismissal/", duplicates.dismissal, name="duplicate-dismissal"),
    path("customers/merges/<int:merge_id>/", merging.undo, name="customer-merge-undo"),
    path("customers/<int:customer_id>/duplicates/", duplicates.of_customer, name="customer-duplicates"),
    path("customers/<int:customer_id>/merge/", merging.merge, name="customer-merge"),
    path("customers/new/", editing.new, name="customer-new"),
    path("customers/suggestions/", suggestions.suggestions, name="customer-suggestions"),
    path("customers/<int:customer_id>/", record.customer_page, name="customer"),
    path("customers/<int:customer_id>/record/", facts.facts, name="customer-record"),
    path("customers/<int:customer_id>/edit/", editing.edit, name="customer-edit"),
    path("customers/<int:customer_id>/picture/", pictures.picture, name="customer-picture"),
    path("customers/<int:customer_id>/dates/", dates.dates, name="customer-dates"),
    path("customers/<int:customer_id>/dates/<int:date_id>/removal/", dates.removal, name="customer-date-removal"),
    path("customers/<int:customer_id>/identities/", identities.identities, name="customer-identities"),
    path(
        "customers/<int:customer_id>/identities/<int:identity_id>/removal/",
        identities.removal,
        name="customer-identity-removal",
    ),
    path(
        "customers/<int:customer_id>/identities/<int:identity_id>/link/", identities.link, name="customer-identity-link"
    ),
    path("identity/<str:token>/", proofs.proof, name="identity-proof"),
    path("customers/<int:customer_id>/consent/", consent.consent, name="customer-consent"),
    path("preferences/<str:token>/", consent.preferences, name="preferences"),
    path("preferences/<str:token>/answers/", consent.only_answers, name="preferences-answers"),
    path("preferences/<str:token>/unsubscribe/", consent.unsubscribe, name="unsubscribe"),
]
