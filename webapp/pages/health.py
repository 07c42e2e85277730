"""Says whether this process can answer."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" once the data base answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
