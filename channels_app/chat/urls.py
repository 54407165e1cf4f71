"""Addresses that web pages with a chat on them ask for. Sockets and long polling are helpdesk/asgi.py's."""

from django.urls import path

from channels_app.chat import uploads, views

urlpatterns = [
    path("widget.js", views.loader, name="widget-loader"),
    path("widget/config/", views.widget_config, name="widget-config"),
    path("widget/frame/", views.frame, name="widget-frame"),
    path("widget/upload/", uploads.upload, name="widget-upload"),
    path("widget/files/<str:signed>/", uploads.download, name="widget-file"),
    path("widget/demo/", views.demo, name="widget-demo"),
]
