"""Settings; every machine-dependent value comes from the environment.

Without any: one laptop, SQLite, one web process, data below `var/`.
"""

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from annotation.domain import workflow

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, str(int(default))).lower() in ("1", "true", "yes", "on")


# Where things lie
VAR_DIR = Path(os.environ.get("LAMINA_VAR", BASE_DIR / "var")).resolve()
STORE_ROOT = Path(os.environ.get("LAMINA_STORE", VAR_DIR / "store"))
ORIGINALS_ROOT = Path(os.environ.get("LAMINA_ORIGINALS", VAR_DIR / "originals"))
INCOMING_ROOT = Path(os.environ.get("LAMINA_INCOMING", VAR_DIR / "incoming"))
ROUNDS_ROOT = Path(os.environ.get("LAMINA_ROUNDS", VAR_DIR / "rounds"))
WEIGHTS_ROOT = Path(os.environ.get("LAMINA_WEIGHTS", VAR_DIR / "weights"))
SHIPPED_WEIGHTS_ROOT = BASE_DIR / "inference" / "weights"
KEY_FILE = Path(os.environ.get("LAMINA_KEY_FILE", VAR_DIR / "keys" / "pseudonyms.key"))
SECRET_FILE = Path(os.environ.get("LAMINA_SECRET_FILE", VAR_DIR / "keys" / "django.key"))
FRONTEND_DIST = Path(os.environ.get("LAMINA_FRONTEND", BASE_DIR / "frontend" / "dist"))
KEEP_ORIGINALS = _flag("LAMINA_KEEP_ORIGINALS", default=True)

# Limits
IMPORT_MAX_FILES = int(os.environ.get("LAMINA_IMPORT_MAX_FILES", "3000"))
IMPORT_MAX_BYTES = int(os.environ.get("LAMINA_IMPORT_MAX_BYTES", str(4 * 1024**3)))
STROKES_PER_REVISION = 200
LEASE_MINUTES = 30
ACTIVE_IDLE_SECONDS = float(os.environ.get("LAMINA_ACTIVE_IDLE_SECONDS") or 30)
GRADE_SPACING_LIMIT_MM = 2.0
ROUND_SECONDS = float(os.environ.get("LAMINA_ROUND_SECONDS") or 60)
ROUND_TRAIN_PHANTOMS = int(os.environ.get("LAMINA_ROUND_TRAIN_PHANTOMS", "4"))
ROUND_HELD_OUT_PHANTOMS = int(os.environ.get("LAMINA_ROUND_HELD_OUT_PHANTOMS", "4"))


def _secret() -> str:
    """Return the signing key from the environment or from a file made at the first start."""
    given = os.environ.get("LAMINA_SECRET_KEY")
    if given:
        return given
    SECRET_FILE.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SECRET_FILE.read_text(encoding="ascii").strip()
    key = get_random_secret_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


SECRET_KEY = _secret()
DEBUG = _flag("LAMINA_DEBUG", default=False)
ALLOWED_HOSTS = os.environ.get("LAMINA_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LAMINA_ORIGINS", "").split(",") if o]
HTTPS = _flag("LAMINA_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "annotation",
    "webapp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "webapp" / "pages" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


# Database
def _database(url: str) -> dict[str, Any]:
    if not url:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "lamina.sqlite3",
            # A file, not memory: only so do tests see how several connections wait for each other.
            "TEST": {"NAME": Path(tempfile.gettempdir()) / f"lamina-test-{os.getpid()}.sqlite3"},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlparse(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
AUTH_USER_MODEL = "annotation.User"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Messages
REDIS_URL = os.environ.get("REDIS_URL", "")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py ends a blocking read at its own five-second time-out: idle sockets would close.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": 60, "health_check_interval": 30}]
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}


def _broker() -> tuple[str, dict[str, Any]]:
    if REDIS_URL:
        return REDIS_URL, {"visibility_timeout": 6 * 3600}
    folders = {name: VAR_DIR / "queue" / name for name in ("messages", "processed", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return "filesystem://", {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "store_processed": False,
    }


CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = _broker()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "io"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
JOB_STALE_SECONDS = int(os.environ.get("LAMINA_JOB_STALE_SECONDS", "30"))

# Sign-in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "webapp.pages.session.answer_locked"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "worker-src": [SELF, "blob:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["webapp.access.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "webapp.answers.answer_exception",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lamina",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        **{
            kind.__name__: [(value.value, value.value) for value in kind]
            for kind in (workflow.Role, workflow.Stage, workflow.Move)
        },
        "JobStateEnum": ["queued", "running", "done", "failed"],
        "ImportStateEnum": ["open", "reading", "done", "failed"],
        "PinKindEnum": ["note", "ask"],
        "ExposureEnum": ["shown", "hidden", "after_commit"],
        "TestedRoleEnum": ["student", "reader"],
        "RoomRoleEnum": ["reader", "adjudicator", "onlooker"],
    },
}
DATA_UPLOAD_MAX_NUMBER_FILES = 200
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8,}\..+$"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LAMINA_LOG", "WARNING")},
    "loggers": {"axes": {"level": "ERROR"}, "kombu.connection": {"level": "ERROR"}},
}
