from django.urls import path

from customers.views import record

urlpatterns = [path("customers/<int:customer_id>/", record.customer_page, name="customer")]
