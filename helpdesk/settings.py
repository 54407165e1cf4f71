"""Settings of every process. What differs between installations comes from the environment, see docs/operations.md."""

import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from helpdesk import embedded, environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = embedded.var_directory()
DEBUG = environment.flag("DEBUG")
DEMO = environment.flag("ONETHREAD_DEMO")
STYLEGUIDE = environment.flag("STYLEGUIDE") or DEBUG or DEMO  # every part and state on one page, for staff
READ_ONLY = environment.flag("READ_ONLY")  # pages can be read, nothing can be changed


def generated_secret_key() -> str:
    """This copy's own secret key, made at first use and kept in its var directory."""
    path = VAR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        draft.rename(path)
    return path.read_text()


# Where we are
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.port("PORT", 8000)
SMTP_HOST = environment.text("SMTP_HOST", HOST)
SMTP_PORT = environment.port("SMTP_PORT", 2525)
PUBLIC_URL = environment.public_url("PUBLIC_URL", f"http://localhost:{PORT}")
INSTANCE_DOMAIN = urlsplit(PUBLIC_URL).hostname or "localhost"
SECRET_KEY = environment.text("SECRET_KEY") or generated_secret_key()
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", [INSTANCE_DOMAIN, "localhost", "127.0.0.1", "[::1]"])
METRICS_TOKEN = environment.text("METRICS_TOKEN")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

WEB_WORKERS, WEB_THREADS, TASK_WORKERS = 2, 4, 2  # more threads only make pages wait for each other (the GIL)

# What a helpdesk decides
UNDO_SEND_SECONDS = environment.number("UNDO_SEND_SECONDS", 10)
CLOSE_SOLVED_AFTER_DAYS = 28  # then an answer opens a follow-up ticket
MENTIONED_PEOPLE_FOLLOW = not environment.flag("MENTIONS_WITHOUT_FOLLOWING")  # so that they hear of the answer too
WEB_PUSH = environment.flag("WEB_PUSH")  # browsers may be told too, by way of their makers' servers
WEB_PUSH_WORDS = environment.flag("WEB_PUSH_WORDS")  # and with the words of messages
WEB_PUSH_PRIVATE_HOSTS = environment.words("WEB_PUSH_PRIVATE_HOSTS", [])  # host:port of push servers of our own
SLACK_API_URL = environment.text("SLACK_API_URL", "https://slack.com/api/")
PROVIDER_URLS = {  # elsewhere only for a stand-in, whose host is then trusted
    "twilio": environment.text("TWILIO_API_URL", "https://api.twilio.com"),
    "graph": environment.text("GRAPH_API_URL", "https://graph.facebook.com/v25.0"),
    "instagram": environment.text("INSTAGRAM_API_URL", "https://graph.instagram.com/v25.0"),
    "telegram": environment.text("TELEGRAM_API_URL", "https://api.telegram.org"),
    "x": environment.text("X_API_URL", "https://api.x.com"),
}
if DEMO:  # invented customers have no telephones: their providers are stand-ins at addresses of our own
    PROVIDER_URLS = {name: f"http://127.0.0.1:{PORT}/demo/providers/{name}" for name in (*PROVIDER_URLS, "network")}
WEBHOOK_PRIVATE_HOSTS = environment.words("WEBHOOK_PRIVATE_HOSTS", [])  # host:port inside that webhooks may call
VAPID_PRIVATE_KEY = environment.text("VAPID_PRIVATE_KEY")  # several machines must share one
VAPID_KEY_FILE = VAR / "vapid.pem"
MAX_MESSAGE_BYTES = 40 * 1024 * 1024
MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
CLAMD_URL = environment.malware_scanner("CLAMD_URL")
# Chats, for each web process (docs/chat-security.md)
CHAT_THREADS = 3
CHAT_SOCKETS = environment.number("CHAT_SOCKETS", 4_000)
CHAT_SOCKETS_PER_ADDRESS = environment.number("CHAT_SOCKETS_PER_ADDRESS", 100)
CHAT_LINES_A_MINUTE = environment.number("CHAT_LINES_A_MINUTE", 60)  # of one visitor
CHAT_STARTS_AN_HOUR = environment.number("CHAT_STARTS_AN_HOUR", 30)  # from one network address
CHAT_COUNTRY_HEADER = environment.text("CHAT_COUNTRY_HEADER")  # in which a proxy of ours says the visitor's country
CHAT_MAX_FILE_BYTES = 10 * 1024 * 1024
SERVE_UNSCANNED = environment.flag("SERVE_UNSCANNED")  # files the scanner has no verdict about, as while it is away
KNOWLEDGE_READER = "tickets.portal.readers.reader_of"  # who asks for an article: knowledge_base/audience.py
KNOWLEDGE_AUDIENCES = "tickets.knowledge.choosing.choices"  # whom a section may name
KNOWLEDGE_NEWS = "tickets.knowledge.telling.tell_of_article"  # how staff hear of articles: knowledge_base/news.py
CONTACT_MAIL_WAITS = ["channels_app.tasks_contact.hurry"]  # called once a request from a form is committed
SIGN_IN_LINK_WAITS = ["channels_app.tasks_sign_in_links.hurry"]  # called once a customer's link is committed
CHAT_MAIL_WAITS = ["channels_app.tasks_chat_mails.hurry"]  # called once a mail about a chat is committed
SURVEY_MAIL_WAITS = ["channels_app.tasks_survey_mails.hurry"]  # called once a survey's mail is committed
GESTURE_ENDS = ["tickets.automation.triggers.run_triggers", "tickets.sla.targets.retime"]
TELEPHONE = "channels_app.voice.telephone.telephone"  # what agents' buttons for calls ask: tickets.calls.telephone
NEW_INSTALLATION = ["tickets.starter.create_starter_set"]  # called with the first admin
# Asked before a calendar is deleted: what was counted by its hours could not be told again without them.
HOURS_NEEDED = ["tickets.sla.new_hours.has_counted"]
# Called with a calendar whose hours changed, inside the transaction.
HOURS_CHANGED = ["tickets.automation.planning.plan_again", "tickets.sla.new_hours.ask_to_follow"]
REPLY_ROUTES = "channels_app.messaging.routes.routes_of"  # the ways to a ticket's requester besides e-mail
CHANNEL_CAPABILITIES = "channels_app.messaging.routes.capabilities_of"  # what each of them takes
CHANNEL_BEGINNINGS = "channels_app.messaging.routes.beginnings"  # from where we may write first
EVENT_CONSUMERS = [
    "channels_app.outbound.queue_deliveries",
    "channels_app.messaging.queueing.queue_parts",
    "tickets.knowledge.linking.link_readers",
    "tickets.knowledge.answers.note_offers",
    "tickets.search.indexing.index_events",
    "tickets.automation.appointments.keep_appointments",
    "tickets.routing.queue.keep_queue",
    "tickets.chat.following.follow_ticket",
    "tickets.notifications.notify",
    "tickets.knowledge.uses.note_uses",
    "tickets.surveys.planning.plan_surveys",
    "helpdesk.integrations.webhooks.queueing.queue_webhooks",
    "helpdesk.integrations.slack.threads.tell_threads",
    "tickets.realtime.announce",
]
# Privacy (docs/privacy.md). Steps of jobs take the job; they are done in order, each as often as it says it has more.
ERASURE_STEPS = [
    "tickets.customers.erasing.find_tickets",
    "tickets.customers.erasing.erase_tickets",
    "tickets.customers.erasing.erase_rest",
    "tickets.knowledge.privacy.erase",
    "tickets.chat.privacy.erase",
    "tickets.surveys.privacy.erase",
    "channels_app.privacy.erase_mail",
    "channels_app.messaging.privacy.erase",
    "channels_app.voice.privacy.erase",
    "customers.erasing.erase_rows",
    "customers.sweeping.sweep",
    "customers.erasing.tell",
    "customers.sweeping.check",
    "customers.erasing.finish",
]
ERASURE_OF_TICKETS = ["channels_app.privacy.erase_tickets", "helpdesk.integrations.privacy.erase_tickets"]
ERASURE_COUNTS = [
    "customers.erasing.count_record",
    "tickets.customers.erasing.count_tickets",
    "tickets.knowledge.privacy.count",
    "tickets.chat.privacy.count",
    "channels_app.privacy.count_mail",
    "channels_app.messaging.privacy.count",
]
EXPORT_STEPS = [
    "customers.exporting.export_record",
    "tickets.customers.exporting.export_tickets",
    "tickets.customers.exporting.export_rest",
    "tickets.knowledge.privacy.export",
    "tickets.chat.privacy.export",
    "tickets.surveys.privacy.export",
    "channels_app.privacy_export.export_mail",
    "channels_app.messaging.privacy.export",
    "customers.exporting.pack",
]
REDACTION_REACHES = [
    "tickets.chat.privacy.redact",
    "channels_app.privacy.redact",
    "channels_app.messaging.privacy.redact",
    "helpdesk.integrations.privacy.redact",
]
RETENTION_KINDS = [
    "tickets.customers.retention.KINDS",
    "tickets.chat.privacy.KINDS",
    "tickets.knowledge.retention.KINDS",
    "channels_app.privacy_retention.KINDS",
    "channels_app.messaging.privacy.KINDS",
    "channels_app.voice.privacy.KINDS",
    "helpdesk.integrations.privacy_retention.KINDS",
    "customers.retention.KINDS",
]
EXPORT_KEPT_DAYS = 7  # then the archive is deleted, and can be asked for again
if CLAMD_URL:
    EVENT_CONSUMERS.append("tickets.tasks.check_new_files")

# What it is made of
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "channels",
    "csp",
    "rest_framework",
    "template_partials",
    "helpdesk",
    "helpdesk.accounts",
    "customers",
    "tickets",
    "channels_app",
    "helpdesk.integrations",
    "knowledge_base",
    "metrics",
    "helpdesk.demo",
]
MIDDLEWARE = [
    "helpdesk.health.HealthMiddleware",
    "helpdesk.compression.CompressionMiddleware",
    "helpdesk.reference.ReferenceMiddleware",
    "helpdesk.uploads.RequestSizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.accounts.middleware.PreferencesMiddleware",
    "helpdesk.accounts.departments.DepartmentMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpdesk.maintenance.ReadOnlyMiddleware",
]
ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
ASGI_APPLICATION = "helpdesk.asgi.application"
FORM_RENDERER = "helpdesk.forms.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "libraries": {"i18n": "helpdesk.lib.quick_i18n"},
        },
    },
    {
        "BACKEND": "helpdesk.fragments.Backend",
        "NAME": "fragments",
        "DIRS": [BASE_DIR / "templates" / "fragments"],
        "OPTIONS": {
            "environment": "helpdesk.fragments.environment",
            "context_processors": ["helpdesk.fragments.names"],
        },
    },
]
SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # "i18n" is a library of ours on purpose

# Data
DATABASES = {"default": environment.database(embedded.database_url())}
DATABASES["default"]["OPTIONS"] |= {
    "pool": {"min_size": 1, "max_size": 10, "timeout": 10},
    # Planning takes longer than running what pages ask: PostgreSQL keeps the plan of what a connection repeats.
    "server_side_binding": True,
    "prepare_threshold": 3,
}
REDIS_URL = environment.redis(embedded.redis_url())
VALKEY_PREFIX = "onethread"  # of our keys and channels
STORAGES = {
    "default": environment.file_storage("ATTACHMENT_STORAGE"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR / "uploads"
MEDIA_URL = "/uploads/"  # never served as it is: attachments go through a view that asks who may see them
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static" / "dist"  # the build has put a hash into every name; see asgi.py for who serves them
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "helpdesk.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Work in the background
CELERY_BROKER_URL = environment.broker("CELERY_BROKER_URL", REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "helpdesk.beat_heartbeat", "schedule": 10.0},
    "sweep the outbox": {"task": "channels_app.tasks_outbound.sweep_outbox", "schedule": 5.0},
    "sweep parts of messages": {"task": "channels_app.tasks_parts.sweep_parts", "schedule": 5.0},
    "read waiting mail": {"task": "channels_app.tasks_inbound.read_waiting_mail", "schedule": 10.0},
    "ask who people are": {"task": "channels_app.tasks_accounts.ask_for_names", "schedule": 30.0},
    "ask how accounts fare": {"task": "channels_app.tasks_accounts.refresh_accounts", "schedule": 300.0},
    "forget old hooks": {"task": "channels_app.tasks_hooks.forget_old_hooks", "schedule": 3600.0},
    "fetch waiting files": {"task": "channels_app.tasks_hooks.fetch_waiting_files", "schedule": 30.0},
    "ask Telegram": {"task": "channels_app.tasks_telegram.ask_telegram", "schedule": 3.0},
    "read waiting hooks": {"task": "channels_app.tasks_hooks.read_waiting_hooks", "schedule": 10.0},
    "send links to prove addresses": {
        "task": "channels_app.tasks_identity_links.send_identity_links",
        "schedule": 10.0,
    },
    "send links of contact forms": {"task": "channels_app.tasks_contact.send_contact_mails", "schedule": 10.0},
    "forget unproved requests": {"task": "tickets.tasks.forget_unproved_requests", "schedule": 900.0},
    "send mails about chats": {"task": "channels_app.tasks_chat_mails.send_chat_mails", "schedule": 10.0},
    "mail what visitors missed": {"task": "tickets.chat.continuing.mail_missed_lines", "schedule": 30.0},
    "forget old mails about chats": {"task": "channels_app.tasks_chat_mails.forget_old_chat_mails", "schedule": 3600.0},
    "ask by surveys": {"task": "tickets.tasks.ask_by_surveys", "schedule": 20.0},
    "send mails of surveys": {"task": "channels_app.tasks_survey_mails.send_survey_mails", "schedule": 10.0},
    "forget old mails of surveys": {
        "task": "channels_app.tasks_survey_mails.forget_old_survey_mails",
        "schedule": 3600.0,
    },
    "send links to sign in": {"task": "channels_app.tasks_sign_in_links.send_sign_in_links", "schedule": 10.0},
    "forget old links to sign in": {
        "task": "channels_app.tasks_sign_in_links.forget_old_sign_in_links",
        "schedule": 3600.0,
    },
    "sweep privacy jobs": {"task": "customers.privacy_tasks.sweep_privacy_jobs", "schedule": 15.0},
    "apply retention": {"task": "customers.privacy_tasks.apply_retention", "schedule": 900.0},
    "delete old exports": {"task": "customers.privacy_tasks.delete_old_exports", "schedule": 600.0},
    "delete unused files": {"task": "tickets.tasks.delete_unused_files", "schedule": 60.0},
    "sweep automations": {"task": "tickets.tasks.sweep_automations", "schedule": 2.0},
    "plan automations": {"task": "tickets.tasks.plan_automations", "schedule": 3.0},
    "sweep replays": {"task": "tickets.tasks.sweep_replays", "schedule": 10.0},
    "delete old replays": {"task": "tickets.tasks.delete_old_replays", "schedule": 3600.0},
    "forget old appointments": {"task": "tickets.tasks.forget_old_appointments", "schedule": 3600.0},
    "wake clocks": {"task": "tickets.tasks.wake_clocks", "schedule": 1.0},
    "settle chats": {"task": "tickets.chat.settling.settle_chats", "schedule": 1.0},
    "fetch recordings": {"task": "channels_app.voice.tasks_voice.fetch_recordings", "schedule": 10.0},
    "settle calls": {"task": "tickets.calls.settling.settle_calls", "schedule": 4.0},
    "sweep chats": {"task": "tickets.chat.sweeping.sweep_chats", "schedule": 1.0},
    "follow new hours": {"task": "tickets.sla.new_hours.follow_new_hours", "schedule": 60.0},
    "sweep what-ifs": {"task": "tickets.tasks.sweep_what_ifs", "schedule": 15.0},
    "delete old what-ifs": {"task": "tickets.tasks.delete_old_what_ifs", "schedule": 86400.0},
    "sweep routing": {"task": "tickets.routing.tasks.sweep_routing", "schedule": 10.0},
    "tell of feedback": {"task": "tickets.tasks.tell_of_feedback", "schedule": 5.0},
    "follow merges": {"task": "customers.tasks.follow_merges", "schedule": 15.0},
    "look for duplicates": {"task": "customers.tasks.look_for_duplicates", "schedule": 20.0},
    "sweep bulk edits": {"task": "tickets.tasks.sweep_bulk_jobs", "schedule": 10.0},
    "sweep imports": {"task": "customers.imports.tasks.sweep_imports", "schedule": 10.0},
    "delete old imports": {"task": "customers.imports.tasks.delete_old_imports", "schedule": 3600.0},
    "send webhooks": {"task": "helpdesk.integrations.tasks.send_webhooks", "schedule": 5.0},
    "send account actions": {"task": "helpdesk.integrations.tasks.send_account_actions", "schedule": 5.0},
    "forget old webhooks": {"task": "helpdesk.integrations.tasks.forget_old_webhooks", "schedule": 3600.0},
    "post to Slack": {"task": "helpdesk.integrations.tasks.send_to_slack", "schedule": 5.0},
    "sweep what Slack sent": {"task": "helpdesk.integrations.tasks.sweep_slack_events", "schedule": 5.0},
    "forget old Slack posts": {"task": "helpdesk.integrations.tasks.forget_old_slack", "schedule": 3600.0},
    "publish scheduled articles": {"task": "knowledge_base.tasks.publish_scheduled_articles", "schedule": 10.0},
    "index articles": {"task": "knowledge_base.tasks.index_articles", "schedule": 60.0},
    "keep facts": {"task": "metrics.tasks.keep_facts", "schedule": 5.0},
    "count customers' words": {"task": "metrics.tasks.sweep_word_counts", "schedule": 60.0},
    "look at goals": {"task": "metrics.tasks.look_at_goals", "schedule": 60.0},
    "mail reports": {"task": "metrics.tasks_explore.mail_reports", "schedule": 20.0},
    "forget mails of reports": {"task": "metrics.tasks_explore.forget_report_mails", "schedule": 24 * 3600.0},
    "reconcile facts": {"task": "metrics.tasks.reconcile_facts", "schedule": 86400.0},
    "count the backlog": {"task": "metrics.tasks.count_backlog", "schedule": 60.0},
    "forget old searches": {"task": "knowledge_base.tasks.forget_old_searches", "schedule": 3600.0},
    "sweep article imports": {
        "task": "knowledge_base.importing.tasks.sweep_article_imports",
        "schedule": 10.0,
    },
    "delete old article imports": {
        "task": "knowledge_base.importing.tasks.delete_old_article_imports",
        "schedule": 3600.0,
    },
    "delete unused pictures": {"task": "knowledge_base.tasks.delete_unused_pictures", "schedule": 3600.0},
    "check links of articles": {"task": "knowledge_base.tasks.check_links", "schedule": 600.0},
    "remind of articles": {"task": "knowledge_base.tasks.remind_of_articles", "schedule": 600.0},
    "send notices": {"task": "channels_app.tasks_notices.send_notices", "schedule": 10.0},
    "forget old notices": {"task": "channels_app.tasks_notices.forget_old_notices", "schedule": 3600.0},
    "refresh public holidays": {"task": "helpdesk.accounts.tasks.refresh_public_holidays", "schedule": 21600.0},
    "forget old API answers": {"task": "helpdesk.accounts.tasks.forget_old_api_answers", "schedule": 3600.0},
    "forget old notifications": {"task": "tickets.tasks.forget_old_notifications", "schedule": 3600.0},
    "forget old rule traces": {"task": "tickets.tasks.forget_old_rule_traces", "schedule": 3600.0},
    "delete old bulk edits": {"task": "tickets.tasks.delete_old_bulk_jobs", "schedule": 3600.0},
    "close solved tickets": {"task": "tickets.tasks.close_solved_tickets", "schedule": 600.0},
    "index older tickets": {"task": "tickets.tasks.index_older_tickets", "schedule": 15.0},
    "index changed names": {"task": "tickets.tasks.index_changed_names", "schedule": 5.0},
    "learn words": {"task": "tickets.tasks.learn_words", "schedule": 20.0},
    "index what was missed": {"task": "tickets.tasks.index_what_was_missed", "schedule": 86400.0},
    "check files for malware": {"task": "tickets.tasks.sweep_unchecked_files", "schedule": 30.0},
    "delete unsent uploads": {"task": "tickets.tasks.delete_unsent_uploads", "schedule": 3600.0},
    "delete old draft revisions": {"task": "tickets.tasks.delete_old_draft_revisions", "schedule": 3600.0},
}
if WEB_PUSH:
    CELERY_BEAT_SCHEDULE["send pushes"] = {"task": "tickets.tasks.send_pushes", "schedule": 5.0}

# Staff sign in by e-mail address
AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "helpdesk.accounts.sessions"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "helpdesk.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # anybody could have us write to a customer who wants no mail
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/agent/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

# What browsers may do with our pages
SECURE_COOKIES = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],  # a person's colour is a custom property on the element
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

# Mail out
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"support@{INSTANCE_DOMAIN}")
vars().update(environment.mail("EMAIL_URL"))
EMAIL_TIMEOUT = 30
OUTBOX_DIR = VAR / "outbox"
if DEMO:  # invented customers get no mail: it stays here, and /agent/outbox/ shows it
    EMAIL_BACKEND = "channels_app.mail_backend.FileBackend"

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "helpdesk.formats"  # how days and hours are written

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "helpdesk.accounts.token_authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "helpdesk.accounts.token_authentication.HasScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["helpdesk.lib.json_parser.CarefulJSONParser"],
    "EXCEPTION_HANDLER": "tickets.api.errors.answer_error",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {  # a line for each task says nothing; one for each failure does
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "flufl.bounce": {"level": "WARNING"},  # it would name each detector it tries
        "psycopg.pool": {"level": "ERROR"},  # it tells of every attempt while the database is away; requests tell once
    },
}
