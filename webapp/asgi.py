"""The ASGI application: pages and API by Django, websockets by Channels."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
_pages = get_asgi_application()

from webapp.live.routing import websockets  # noqa: E402 - tables exist only once Django is set up

application = ProtocolTypeRouter({"http": _pages, "websocket": websockets})
