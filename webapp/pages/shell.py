"""The page that every screen lives in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = "The front end is not built. `python3 run.py demo` builds it."


@require_safe
@ensure_csrf_cookie
def show_shell(request: HttpRequest, path: str = "") -> HttpResponse:
    """Return the built front end, whatever the address; it routes by itself."""
    index = settings.FRONTEND_DIST / "index.html"
    try:
        page = index.read_text(encoding="utf-8")
    except FileNotFoundError:
        return HttpResponse(_NOT_BUILT, content_type="text/plain", status=503)
    response = HttpResponse(page)
    response["Cache-Control"] = "no-cache"
    return response
