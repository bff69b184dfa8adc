"""The routes of the room: the widget's, the hooks of other systems, files, and accounts."""

from fastapi import APIRouter

from xiaoer.modules.channels.http import accounts, files, hooks, proving, widget
from xiaoer.modules.channels.http.door import WidgetCors

router = APIRouter()
for part in (widget.router, proving.router, files.router, hooks.router, accounts.router):
    router.include_router(part)

__all__ = ["WidgetCors", "router"]
