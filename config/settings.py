"""Settings, read top to bottom; every value comes from the environment or from here.

POSKO_MODE is `production` unless it says `local` (set by `make run`) or `test` (set by `make test`).
Production refuses to start without secrets, hosts and https.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = os.environ.get("POSKO_MODE", "production")
PRODUCTION = MODE == "production"
LOCAL = MODE == "local"
DEBUG = False


def required(name: str, otherwise: str) -> str:
    """The environment's value; outside production, `otherwise` will do."""
    value = os.environ.get(name, "" if PRODUCTION else otherwise)
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment; Posko does not start in production without it.")
    return value


# Where Posko lives -------------------------------------------------------------------------------

BASE_URL = required("POSKO_BASE_URL", "http://localhost:8000").rstrip("/")  # what people type, https in production
if PRODUCTION and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("POSKO_BASE_URL must begin with https:// in production.")
PROXIES = int(os.environ.get("POSKO_PROXIES", "1" if PRODUCTION else "0"))  # how many proxies of ours stand in front
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES  # sign-ins that fail are counted by address
ALLOWED_HOSTS = required("POSKO_HOSTS", "localhost,127.0.0.1,testserver").split(",")
STATE = Path(os.environ.get("POSKO_STATE", BASE_DIR / ".posko"))  # uploads and, locally, everything else

# Secrets -----------------------------------------------------------------------------------------

SECRET_KEY = required("POSKO_SECRET_KEY", "only-for-development-and-tests")
# Fernet keys, comma separated: the first encrypts, all decrypt. `manage.py rotate_keys` moves rows to the first.
FIELD_KEYS = required("POSKO_FIELD_KEYS", "cG9za28tZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDA=").split(",")

# Apps --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "campaign",
    "branding",
    "programs",
    "engagement",
    "fundraising",
    "analytics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "campaign.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campaign.writing.held.HoldTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "campaign.middleware.CampaignMiddleware",
    "campaign.identity.middleware.IdentityMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.csp",
                "campaign.context.campaign",
            ],
        },
    },
]
FORM_RENDERER = "campaign.forms.Renderer"

# Postgres is the truth, Redis only a hint ---------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(required("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/posko"))
    | {
        "CONN_HEALTH_CHECKS": True,
        # A process that is stopped in mid-transaction must not hold rows against the others for longer than this.
        # A server that does not answer is given up after `connect_timeout` seconds, so that /sehat/ can tell of it.
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c idle_in_transaction_session_timeout=5000 -c lock_timeout=10000",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379/0")  # redis://… or unix:///path/redis.sock
CACHES = {
    "default": {
        "BACKEND": "campaign.identity.cache.ForgivingRedisCache",  # empty, not broken, while Redis is down
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # seconds
    }
}

# Celery only wakes; rows hold the time, the tries and the lock -------------------------------------

CELERY_BROKER_URL = "redis+socket://" + urlsplit(REDIS_URL).path if REDIS_URL.startswith("unix:") else REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"unacked_restore_interval": 1, "visibility_timeout": 120}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_ROUTES = {
    "campaign.tick": {"queue": "tick"},
    "campaign.drain": {"queue": "deliver"},
    "campaign.settle": {"queue": "deliver"},
    "campaign.look": {"queue": "deliver"},
    "campaign.watch": {"queue": "measure"},
    "campaign.look_after_handed": {"queue": "measure"},
    "analytics.*": {"queue": "measure"},
    "engagement.listen": {"queue": "measure"},
    "engagement.subscribe": {"queue": "measure"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "campaign.tick", "schedule": 1.0, "options": {"expires": 5}},
    "settle": {"task": "campaign.settle", "schedule": 2.0, "options": {"expires": 10}},
    "look-after-handed": {"task": "campaign.look_after_handed", "schedule": 60.0, "options": {"expires": 60}},
    "watch": {"task": "campaign.watch", "schedule": 60.0, "options": {"expires": 60}},
    "rules": {"task": "campaign.begin_rules", "schedule": 60.0, "options": {"expires": 60}},
    "risks": {"task": "campaign.examine_risks", "schedule": 300.0, "options": {"expires": 300}},
    "backup": {"task": "campaign.back_up", "schedule": 900.0, "options": {"expires": 900}},
    "remind": {"task": "campaign.remind", "schedule": 60.0, "options": {"expires": 60}},
    "access": {"task": "campaign.end_access", "schedule": 60.0, "options": {"expires": 60}},
    "seal": {"task": "campaign.seal_audit", "schedule": 60.0, "options": {"expires": 60}},
    "digest": {"task": "campaign.send_day_seals", "schedule": crontab(hour="*", minute="7")},
    # In UTC: 7, 10, 13 and 16 o'clock in the west, 9 to 18 in the east. Nobody is reminded at night.
    "duties": {"task": "campaign.remind_duties", "schedule": crontab(hour="0,3,6,9", minute="13")},
    "sign_ins": {"task": "campaign.remind_sign_ins", "schedule": crontab(hour="0,3,6,9", minute="23")},
    "receipts": {"task": "fundraising.remind_receipts", "schedule": crontab(hour="0,3,6,9", minute="33")},
    "pictures": {"task": "campaign.sweep_pictures", "schedule": crontab(hour="19", minute="41")},  # at night there
    "pushes": {"task": "engagement.read_pushes", "schedule": 2.0, "options": {"expires": 10}},
    "subscribe": {"task": "engagement.subscribe", "schedule": 15.0, "options": {"expires": 30}},
    "listen": {"task": "engagement.listen", "schedule": 15.0, "options": {"expires": 30}},
    "heard": {"task": "engagement.sweep", "schedule": crontab(hour="19", minute="53")},  # at night there
    "pull": {"task": "analytics.pull", "schedule": 15.0, "options": {"expires": 30}},
    "partitions": {"task": "analytics.make_partitions", "schedule": crontab(hour="3", minute="17")},
}

# Publishing --------------------------------------------------------------------------------------

CALL_SECONDS = float(os.environ.get("POSKO_CALL_SECONDS", "25"))  # one call to a network, dripping included
LEASE_SECONDS = float(os.environ.get("POSKO_LEASE_SECONDS", "60"))  # how long a claim lasts; longer than a call
DELIVER_THREADS = int(os.environ.get("POSKO_DELIVER_THREADS", "32"))  # calls on the wire per platform and process
DELIVER_CONNECTIONS = int(os.environ.get("POSKO_DELIVER_CONNECTIONS", "4"))  # to Postgres, shared by those threads
if LEASE_SECONDS < CALL_SECONDS * 2:
    raise ImproperlyConfigured("POSKO_LEASE_SECONDS must be at least twice POSKO_CALL_SECONDS.")
# Where practice campaigns publish; no live campaign ever does.
SANDBOX_URL = os.environ.get("SANDBOX_URL", "" if PRODUCTION else "http://localhost:4800").rstrip("/")
# host:port pairs that connectors may reach although they are not public. Empty in production but for the sandbox.
INTERNAL_HOSTS = frozenset(filter(None, os.environ.get("POSKO_INTERNAL_HOSTS", "").split(","))) | (
    {urlsplit(SANDBOX_URL).netloc} if SANDBOX_URL else set()
)
# Posko's own apps at the networks, for campaigns that bring none: POSKO_TIKTOK_CLIENT_ID and _CLIENT_SECRET, and in
# POSKO_TIKTOK_ALLOWED what the network has granted them, comma separated, such as audited. X signs what it tells with
# its API key's secret, POSKO_X_CONSUMER_SECRET, beside POSKO_X_CONSUMER_KEY.
NETWORK_APPS = {
    platform: {
        **{name: "1" for name in os.environ.get(f"POSKO_{platform.upper()}_ALLOWED", "").split(",") if name},
        "client_id": client_id,
        "client_secret": os.environ.get(f"POSKO_{platform.upper()}_CLIENT_SECRET", ""),
        **{
            name: value
            for name in ("consumer_key", "consumer_secret")
            if (value := os.environ.get(f"POSKO_{platform.upper()}_{name.upper()}"))
        },
    }
    for platform in ("facebook", "instagram", "threads", "x", "tiktok", "youtube")
    if (client_id := os.environ.get(f"POSKO_{platform.upper()}_CLIENT_ID"))
}
for platform, known in NETWORK_APPS.items():
    if not known["client_secret"]:
        raise ImproperlyConfigured(f"Set POSKO_{platform.upper()}_CLIENT_SECRET beside its CLIENT_ID.")
# How long a text for WhatsApp may be, where people report other limits than ours: nothing official is known of the app.
# Counted in characters; taken over by an account when it is added or changed. Source: platforms.md WA.4.
WHATSAPP_LIMITS = {
    name: int(told)
    for name in ("text", "caption", "status")
    if (told := os.environ.get(f"POSKO_WHATSAPP_{name.upper()}"))
}
DEMO = LOCAL or os.environ.get("POSKO_DEMO") == "1"  # offers *Coba demo*, with each role one click away

# What the networks tell us ------------------------------------------------------------------------

PUSH_BYTES = 3 * 1024 * 1024  # one push; Meta's are the largest
PUSHES_KEPT = timedelta(days=int(os.environ.get("POSKO_PUSHES_KEPT_DAYS", "30")))  # then the raw bodies are deleted
if PUSHES_KEPT.days < 4:
    raise ImproperlyConfigured("POSKO_PUSHES_KEPT_DAYS must be at least 4: networks repeat for three days.")
INCOMING_KEPT = timedelta(days=int(os.environ.get("POSKO_INCOMING_KEPT_DAYS", "90")))  # after voting day
INCOMING_CHARACTERS = 10_000  # of one message; what is longer is cut
# How often each place of an account is read. X asks money for what is read; the others bear this well.
LISTEN_EVERY = {"": timedelta(minutes=3), "x": timedelta(minutes=30), "youtube": timedelta(minutes=10)}

# People ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "campaign.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_ADAPTER = "campaign.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "campaign.forms.SignInForm",
    "reset_password": "campaign.forms.ForgottenForm",
    "reset_password_from_key": "campaign.forms.NewPasswordForm",
    "change_password": "campaign.identity.forms.ChangePasswordForm",
    "set_password": "campaign.identity.forms.SetPasswordForm",
    "reauthenticate": "campaign.identity.forms.AgainForm",
    "request_login_code": "campaign.identity.forms.RequestCodeForm",
    "confirm_login_code": "campaign.identity.forms.ConfirmCodeForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds that a mailed code lasts
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail whenever a password or second step changes
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds after signing in before a sensitive change asks again
# Failed tries are counted in the database (campaign/identity/limits.py), which Redis' absence cannot switch off.
ACCOUNT_RATE_LIMITS = {"login_failed": ""}
MFA_ADAPTER = "campaign.identity.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: an address comes with an invitation
MFA_TOTP_ISSUER = "Posko"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_FORMS = {
    "authenticate": "campaign.identity.forms.StepForm",
    "reauthenticate": "campaign.identity.forms.StepAgainForm",
    "activate_totp": "campaign.identity.forms.ActivateAppForm",
    "add_webauthn": "campaign.identity.forms.AddPasskeyForm",
    "edit_webauthn": "campaign.identity.forms.NamePasskeyForm",
    "login_webauthn": "campaign.identity.forms.PasskeySignInForm",
    "authenticate_webauthn": "campaign.identity.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "campaign.identity.forms.PasskeyAgainForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "campaign:start"
if PRODUCTION:
    MAILER = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": os.environ.get("POSKO_SMTP_HOST", "localhost"),
            "port": int(os.environ.get("POSKO_SMTP_PORT", "587")),
            "username": os.environ.get("POSKO_SMTP_USER", ""),
            "password": os.environ.get("POSKO_SMTP_PASSWORD", ""),
            "use_tls": os.environ.get("POSKO_SMTP_TLS", "1") == "1",
            "timeout": 20,
        },
    }
else:
    MAILER = {"BACKEND": "campaign.mailbox.MailboxBackend"}  # *Kotak surat*
MAILERS = {"default": MAILER}
DEFAULT_FROM_EMAIL = os.environ.get("POSKO_FROM", "posko@localhost")

# Language, time, files -----------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None  # collected in production only
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(os.environ.get("POSKO_MEDIA", STATE / "media"))
# A bucket from which networks fetch pictures and films where they cannot reach Posko. Empty: there is none.
S3_BUCKET = os.environ.get("POSKO_S3_BUCKET", "")
S3_ENDPOINT = os.environ.get("POSKO_S3_ENDPOINT", "")  # empty: AWS
S3_REGION = os.environ.get("POSKO_S3_REGION", "") or "us-east-1"
S3_KEY, S3_SECRET = os.environ.get("POSKO_S3_KEY", ""), os.environ.get("POSKO_S3_SECRET", "")
BACKUPS = Path(os.environ.get("POSKO_BACKUPS", STATE / "backups"))  # better on another disk
BACKUPS_KEPT = int(os.environ.get("POSKO_BACKUPS_KEPT", "14"))  # older ones are deleted
BACKUP_DAILY = os.environ.get("POSKO_BACKUP_DAILY", "1" if LOCAL else "0") == "1"  # by the worker, once in 24 hours
PG_BIN = os.environ.get("POSKO_PG_BIN", "")  # folder of pg_dump, pg_restore and psql; empty: the PATH
UPLOAD_BYTES = 15 * 1024 * 1024  # a picture larger than this is refused before it is opened
FILM_BYTES = int(os.environ.get("POSKO_FILM_MB", "500")) * 1024 * 1024  # no file may be larger
FILE_UPLOAD_HANDLERS = [
    "campaign.uploads.LimitedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = os.environ.get("POSKO_UPLOAD_DIR") or None  # where files lie while they arrive; empty: /tmp

# What browsers may do ------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "campaign.writing.held.csrf_failure"  # what was typed is drawn anew, not lost
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^sehat/$"]  # monitors ask inside the network, without https

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("POSKO_LOG", "INFO" if PRODUCTION else "WARNING")},
}
