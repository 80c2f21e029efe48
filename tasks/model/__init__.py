"""The words of the domain, shared by all rooms. docs/terms.md pairs them with the Swedish terms."""

from tasks.model.capture import Capture, Completeness, Occasion, Provenance
from tasks.model.channel import (
    Absence,
    ActivityPlan,
    Administrator,
    Board,
    CaptureBasis,
    Channel,
    Goal,
    LifeCycle,
    Organisation,
    Register,
    Unit,
)
from tasks.model.fetch import Connector, Fetched, FetchRequest
from tasks.model.judgement import Finding, Level, Text, Verdict
from tasks.model.observation import Observation
from tasks.model.page import Band, Block, Box, Target, Word
from tasks.model.thread import (
    Item,
    Media,
    Outcome,
    Post,
    Profile,
    Thread,
    Version,
    Visibility,
    Words,
)

__all__ = [
    "Absence",
    "ActivityPlan",
    "Administrator",
    "Band",
    "Block",
    "Board",
    "Box",
    "Capture",
    "CaptureBasis",
    "Channel",
    "Completeness",
    "Connector",
    "FetchRequest",
    "Fetched",
    "Finding",
    "Goal",
    "Item",
    "Level",
    "LifeCycle",
    "Media",
    "Observation",
    "Occasion",
    "Organisation",
    "Outcome",
    "Post",
    "Profile",
    "Provenance",
    "Register",
    "Target",
    "Text",
    "Thread",
    "Unit",
    "Verdict",
    "Version",
    "Visibility",
    "Word",
    "Words",
]
