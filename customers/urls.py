from django.urls import path

from customers.views import consent, record

urlpatterns = [
    path("customers/<int:customer_id>/", record.customer_page, name="customer"),
    path("customers/<int:customer_id>/consent/", consent.consent, name="customer-consent"),
    path("preferences/<str:token>/", consent.preferences, name="preferences"),
    path("preferences/<str:token>/answers/", consent.only_answers, name="preferences-answers"),
    path("preferences/<str:token>/unsubscribe/", consent.unsubscribe, name="unsubscribe"),
]
