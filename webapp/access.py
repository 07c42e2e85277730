"""Who is asking."""

from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """Session cookies; an unknown visitor is answered 401 instead of 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
