"""Django's settings: no database, no sign-in yet; server-rendered pages behind a strict content policy."""

import secrets
from pathlib import Path

import django
from django.conf import settings

from dashboards.site import Site

HOSTS = ("127.0.0.1", "localhost", "[::1]")
HERE = Path(__file__).parent
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
PACKED_FILES = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def configure(site: Site | None = None, static_folder: Path | None = None) -> None:
    """Set Django up once a process; later calls change nothing.

    Exports need words only and give no site. With `static_folder` the files there (see `collectstatic`) are served
    compressed and under names that carry their checksum.
    """
    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SITE=site,
        SECRET_KEY=secrets.token_urlsafe(50),
        ALLOWED_HOSTS=list(HOSTS),
        ROOT_URLCONF="dashboards.urls",
        INSTALLED_APPS=["django.contrib.staticfiles", "dashboards"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "dashboards.middleware.content_policy",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.middleware.gzip.GZipMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "dashboards.middleware.language",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"builtins": ["dashboards.templatetags.words"]},
            }
        ],
        STATIC_URL="/static/",
        STATIC_ROOT=static_folder,
        STORAGES={"staticfiles": {"BACKEND": PACKED_FILES if static_folder else PLAIN_FILES}},
        WHITENOISE_USE_FINDERS=static_folder is None,
        LANGUAGE_CODE="zh-hans",
        LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
        LOCALE_PATHS=[HERE / "locale"],
        USE_I18N=True,
        USE_TZ=True,
        SECURE_CONTENT_TYPE_NOSNIFF=True,
        SECURE_REFERRER_POLICY="same-origin",
        X_FRAME_OPTIONS="DENY",
        LOGGING_CONFIG=None,
    )
    django.setup()
