"""Keeps a house running: one port, its database, and as many worker processes as were asked for."""

from .contracts import Plan, WorkerBrief
from .database import opened_database
from .errors import DemoAccountsExposed, WorkersKeepFailing
from .supervisor import serve

__all__ = [
    "DemoAccountsExposed",
    "Plan",
    "WorkerBrief",
    "WorkersKeepFailing",
    "opened_database",
    "serve",
]
