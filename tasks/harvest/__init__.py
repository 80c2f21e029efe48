"""Parts words from numbers, and sees edits and disappearances as differences."""

from tasks.harvest.channel import harvest_channel
from tasks.harvest.history import last_harvest
from tasks.harvest.outcome import EVENT, HarvestOutcome
from tasks.harvest.pictures import MEDIA_LIMIT
from tasks.harvest.profile import CHANGES
from tasks.harvest.replies import OpenReply, Status, open_replies, statuses
from tasks.harvest.standing import Standing, standing
from tasks.harvest.told import posts_told
from tasks.harvest.words import version_digest

__all__ = [
    "CHANGES",
    "EVENT",
    "MEDIA_LIMIT",
    "HarvestOutcome",
    "OpenReply",
    "Standing",
    "Status",
    "harvest_channel",
    "last_harvest",
    "open_replies",
    "posts_told",
    "standing",
    "statuses",
    "version_digest",
]
