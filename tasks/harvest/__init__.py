"""Parts words from numbers, and sees edits and disappearances as differences."""

from tasks.harvest.channel import harvest_channel
from tasks.harvest.history import last_harvest
from tasks.harvest.outcome import EVENT, HarvestOutcome
from tasks.harvest.profile import CHANGES
from tasks.harvest.replies import OpenReply, Status, open_replies, statuses
from tasks.harvest.told import posts_told
from tasks.harvest.words import version_digest

__all__ = [
    "CHANGES",
    "EVENT",
    "HarvestOutcome",
    "OpenReply",
    "Status",
    "harvest_channel",
    "last_harvest",
    "open_replies",
    "posts_told",
    "statuses",
    "version_digest",
]
