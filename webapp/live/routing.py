"""Addresses of the websockets, and who may open one."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host
from django.urls import path

from webapp.live.consumers import DatasetConsumer

websocket_urlpatterns = [path("ws/datasets/<slug:slug>/", DatasetConsumer.as_asgi())]

AsgiApp = Callable[..., Awaitable[Any]]


class SameOriginOnly:
    """Refuses a socket that another site's page opens, and one to a host that is not ours."""

    def __init__(self, application: AsgiApp) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if is_own_origin(headers.get(b"origin", ""), headers.get(b"host", "")):
            return await self._application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_own_origin(origin: str, host: str) -> bool:
    """Tell whether a page of this origin may talk to us at this host."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    name = urlsplit(f"//{host}").hostname or ""
    name = f"[{name}]" if ":" in name else name
    return (
        bool(host)
        and urlsplit(origin).netloc == host
        and validate_host(name, settings.ALLOWED_HOSTS)
    )


websockets = SameOriginOnly(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
