"""Settings of the whole project, in Django's order.

A fresh clone runs on these defaults (SQLite, Celery on the filesystem). Production sets the
variables of `.env.example`; a value that cannot be used stops the start with the remedy.
"""

from contextlib import suppress
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from smartpick.env import envbool, envint, envlist, envsecret, envstr

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything the embedded shape writes: database, broker files, local secret.
VAR_DIR = Path(envstr("SMARTPICK_VAR", str(BASE_DIR / "var")))

DEBUG = envbool("DEBUG", False)
_LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", _LOCAL_HOSTS)
_secret = envsecret("SECRET_KEY")
# The embedded shape serves one machine over plain HTTP. Whoever names a secret or a host means production.
EMBEDDED = envbool("EMBEDDED", not _secret and ALLOWED_HOSTS == _LOCAL_HOSTS)
if not _secret and not (EMBEDDED and ALLOWED_HOSTS == _LOCAL_HOSTS):
    raise ImproperlyConfigured("SECRET_KEY is not set: set it (or SECRET_KEY_FILE) to at least 50 random characters.")
SECRET_KEY = _secret or "embedded-only-this-key-protects-nothing-outside-one-machine"
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "smartpick",
    "programs",
    "applicants",
    "matching",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "smartpick.http.RefuseOddRequests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "smartpick.urls"
WSGI_APPLICATION = "smartpick.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["smartpick.templatetags.ui", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smartpick.context.reader",
                "programs.context.demonstration",
            ],
        },
    }
]

# Untuned, SQLite lost 163 of 600 concurrent writes to locks; with these options none (docs/adr/0001).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # 32 MB of cache instead of 2: a recompute writes a little more than ten at a time, and twice as fast where they need not spill.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-32768;",
}
DATABASES = {
    "default": dj_database_url.parse(
        envstr("DATABASE_URL", f"sqlite:///{VAR_DIR / 'smartpick.sqlite3'}"),
        conn_max_age=envint("DATABASE_CONN_MAX_AGE", 60),
        conn_health_checks=True,  # a connection that a restart of the server broke is replaced, not used
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    with suppress(OSError):  # SQLite makes the file but not its folder; `manage.py run` says it when neither can be made
        VAR_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "smartpick.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account:sign-in"
LOGIN_REDIRECT_URL = "matching:start"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"  # the season's deadlines are given in Eastern Time
USE_I18N = False
USE_TZ = True

# The first one counts, and drops what goes over the limit before it fills the disk.
FILE_UPLOAD_HANDLERS = [
    "programs.uploads.LimitUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "static/"
# In the embedded shape WhiteNoise serves straight from `static/`, so nobody has to collect first.
STATIC_ROOT = None if EMBEDDED else Path(envstr("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = EMBEDDED
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if EMBEDDED else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not EMBEDDED
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not EMBEDDED
# Whoever speaks to us directly is then the proxy: the visitor's address is what it adds to X-Forwarded-For.
BEHIND_PROXY = envbool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Counts what is throttled (smartpick/throttle.py), in each process by itself.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

# Job state lives in our own tables: a task that runs while its worker is killed does not come back
# from the filesystem broker, and from Redis only after minutes (docs/adr/0001).
CELERY_BROKER_URL = envstr("BROKER_URL", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = envbool("CELERY_EAGER", False)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that is away comes back, however long it takes
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # what is waiting goes to whoever is free first
CELERY_TIMEZONE = TIME_ZONE
# A worker that has not finished its part of a recompute after this many seconds is taken for dead; a part takes about one.
RECOMPUTE_LEASE_SECONDS = envint("RECOMPUTE_LEASE_SECONDS", 30)
# A task works on a recompute for so long, then makes room for others and queues up again.
RECOMPUTE_SLICE_SECONDS = 20
# Tasks that work on one recompute side by side.
RECOMPUTE_TASKS = envint("RECOMPUTE_TASKS", 2)
BEAT_SECONDS = 15
CELERY_BEAT_SCHEDULE = {
    # A message that nobody took before the next one is sent says nothing new.
    "keep-up-to-date": {"task": "matching.tasks.keep_up_to_date", "schedule": BEAT_SECONDS, "options": {"expires": BEAT_SECONDS - 1}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
QUEUE_DIR = VAR_DIR / "queue"  # made by `manage.py run`
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(VAR_DIR / "control"),
        "polling_interval": 0.05,
    }
else:
    # What a killed worker had taken and not begun comes back after this long, above the longest task (docs/adr/0001).
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120, "unacked_restore_interval": 10, "unacked_restore_throttle": 1}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": envstr("LOG_LEVEL", "INFO")},
}

# The Match whose season is open: 2027 is the season from June 2026 to Match Week in March 2027.
MATCH_YEAR = envint("MATCH_YEAR", 2027)
