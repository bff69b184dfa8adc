"""The built screens: the desk under ``/desk/`` and the widget's script."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

import xiaoer
from xiaoer.kit.problem import Problem

_FOREVER = "public, max-age=31536000, immutable"
_SOON = "no-cache"
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The desk runs its own files only: no script or style that stands in a page or an attribute."""
_MINUTES = "public, max-age=300"


class NotBuilt(Problem):
    """The screens have not been built in this checkout."""

    code = "screens_not_built"
    status = 503
    zh = "界面还没有构建，请先运行 make web。"
    en = "The screens have not been built. Run make web first."


def built_screens() -> Path:
    """In a wheel they lie in the package; in a checkout below ``web/dist``."""
    package = Path(xiaoer.__file__).resolve().parent
    installed = package / "screens"
    return installed if installed.is_dir() else package.parents[1] / "web" / "dist"


def install_pages(app: FastAPI) -> None:
    """Serve what is built; say plainly when nothing is."""
    root = built_screens()
    if (root / "desk" / "assets").is_dir():
        app.mount("/desk/assets", _Immutable(directory=root / "desk" / "assets"), "desk-assets")
    if (root / "widget").is_dir():
        app.mount("/widget-assets", _Immutable(directory=root / "widget"), "widget-assets")
    app.add_api_route("/desk", _to_desk, include_in_schema=False)
    app.add_api_route("/desk/{path:path}", _desk, include_in_schema=False)
    app.add_api_route("/widget.js", _widget, include_in_schema=False)


class _Immutable(StaticFiles):
    """Files whose names change with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = _FOREVER
        return response


async def _to_desk() -> Response:
    return RedirectResponse("/desk/")


async def _desk(request: Request, path: str) -> Response:
    """The desk's page for every address below it: the screens route themselves."""
    page = built_screens() / "desk" / "index.html"
    if not page.is_file():
        raise NotBuilt()
    return FileResponse(page, headers={"cache-control": _SOON, "content-security-policy": PAGE_POLICY})


async def _widget(request: Request) -> Response:
    """The widget's script, compressed at build time: every page of a shop asks for it."""
    script = built_screens() / "widget" / "widget.js"
    if not script.is_file():
        raise NotBuilt()
    headers = {
        "cache-control": _MINUTES,
        "access-control-allow-origin": "*",
        "vary": "Accept-Encoding",
    }
    accepted = request.headers.get("accept-encoding", "")
    for coding, ending in (("br", ".br"), ("gzip", ".gz")):
        packed = script.with_name(script.name + ending)
        if coding in accepted and packed.is_file():
            headers["content-encoding"] = coding
            return FileResponse(packed, headers=headers, media_type="text/javascript")
    return FileResponse(script, headers=headers, media_type="text/javascript")
