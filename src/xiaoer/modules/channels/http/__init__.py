"""The routes of the room: the widget's, the hooks of other systems, files, and accounts."""

from fastapi import APIRouter

from xiaoer.modules.channels.http import accounts, deliveries, files, hooks, proving, widget
from xiaoer.modules.channels.http.door import WidgetCors

router = APIRouter()
for part in (widget, proving, files, hooks, accounts, deliveries):
    router.include_router(part.router)

__all__ = ["WidgetCors", "router"]
