"""The address book: every section mounts its own urls here, and nobody imports this module.

/healthz and /readyz are answered earlier, by `helpdesk.health.HealthMiddleware`.
"""

from django.urls import URLPattern, URLResolver, include, path

from channels_app.shared_files import shared_file
from helpdesk import inboxes
from helpdesk.accounts.setup import setup
from helpdesk.home import home
from helpdesk.styleguide import styleguide
from helpdesk.styleguide_states import error_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("knowledge_base.help_urls")),
    path("setup/", setup, name="setup"),
    path("", include("metrics.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("customers.api.urls")),
    path("", include("tickets.api.urls")),
    path("", include("tickets.urls")),
    path("", include("tickets.portal_urls")),
    path("", include("tickets.assistant_urls")),
    path("", include("tickets.chat_settings_urls")),
    path("agent/", include("channels_app.urls")),
    path("", include("channels_app.chat.urls")),
    path("shared/<str:signed>/<str:filename>", shared_file, name="shared-file"),
    path("", include("channels_app.setup.urls")),
    path("", include("channels_app.mailboxes.urls")),
    path("", include("helpdesk.demo.simulator.urls")),
    path("", include("customers.urls")),
    path("", include("knowledge_base.staff_urls")),
    path("", include("knowledge_base.editor_urls")),
    path("", include("helpdesk.integrations.urls")),
    path("", include("channels_app.hook_urls")),
    path("", include("helpdesk.accounts.urls")),
    path("settings/inboxes/", inboxes.inbox_list, name="settings-inboxes"),
    path("settings/inboxes/new/", inboxes.edit_inbox, name="settings-inbox-new"),
    path("settings/inboxes/<int:inbox_id>/", inboxes.edit_inbox, name="settings-inbox"),
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/<str:name>/", error_page, name="styleguide-page"),
]

handler403 = "helpdesk.errors.forbidden"
handler404 = "helpdesk.errors.not_found"
handler500 = "helpdesk.errors.broken"
