"""PostgreSQL from a wheel, run for the user in their data folder, or prepared at an address."""

from .embedded import EmbeddedPostgres, RunningPostgres
from .folder import DataFolder, FolderLock
from .outside import prepare_outside
from .roles import DatabaseUrls

__all__ = [
    "DataFolder",
    "DatabaseUrls",
    "EmbeddedPostgres",
    "FolderLock",
    "RunningPostgres",
    "prepare_outside",
]
