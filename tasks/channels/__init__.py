"""One connector a platform: fetch, nothing else."""

from tasks.channels.base import Connector, Fetched, FetchRequest, OpenConnector
from tasks.channels.registry import PLATFORMS, connector_for

__all__ = [
    "PLATFORMS",
    "Connector",
    "FetchRequest",
    "Fetched",
    "OpenConnector",
    "connector_for",
]
