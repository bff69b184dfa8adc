"""Journeys need the tools of the continuous integration; without them they are not collected."""

from importlib.util import find_spec

if find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    from .stage import agent, browser, demo, opened, shopper

    __all__ = ["agent", "browser", "demo", "opened", "shopper"]
