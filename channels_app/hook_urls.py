"""Where other companies call us. Mounted after the hooks of integrations, which have addresses of the same form."""

from django.urls import path

from channels_app.hooks import hook

urlpatterns = [
    path("hooks/<str:hook_kind>/<str:hook_token>/", hook, name="provider-hook"),
    path("hooks/<str:hook_kind>/<str:hook_token>/<str:hook_path>/", hook, name="provider-hook-path"),
]
