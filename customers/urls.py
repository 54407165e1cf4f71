from django.urls import path

from customers import views

urlpatterns = [path("customers/<int:customer_id>/", views.customer_page, name="customer")]
