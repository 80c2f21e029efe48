"""Every error that Kanalarkiv raises on purpose, as one tree.

    KanalarkivError            says what, where and what to do; in Swedish and English
    ├── InputError             the call, a file or a setting is wrong (exit code 2)
    ├── ArchiveError           the archive refuses
    │   ├── MissingError       no such object, package or archive
    │   ├── ExistsError        the key is taken; nothing was written
    │   ├── DamageError        stored bytes, manifest or journal disagree
    │   ├── HeldError          another run holds the lease
    │   ├── ConflictError      the commit's ground has changed since it was prepared
    │   └── UnsureError        the store gave no answer; it may or may not have been written
    ├── ChannelError           a platform did not answer as it should
    ├── CaptureError           a page cannot be captured honestly
    └── RefusalError           a rule forbids it (no decision, not the approver, not due …)

No message may hold a word, a name or a commenter's id: errors reach logs and databases outside the
archive. Each carries a short ``code`` that tests, logs and scripts rely on.
"""


class KanalarkivError(Exception):
    """Something that a person can understand and act on.

    Args:
        code: short stable code, such as ``"login-needed"``.
        sv: what happened, where, and what to do, in Swedish.
        en: the same in English.
    """

    def __init__(self, code: str, *, sv: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.sv = sv
        self.en = en

    def text(self, lang: str = "sv") -> str:
        """The message in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.sv, self.en))


def _rebuild(kind: type[KanalarkivError], code: str, sv: str, en: str) -> KanalarkivError:
    return kind(code, sv=sv, en=en)


class InputError(KanalarkivError):
    """The call, a file or a setting is wrong; nothing was done."""


class ArchiveError(KanalarkivError):
    """The archive refuses; nothing was done."""


class MissingError(ArchiveError):
    """There is no such object, package or archive."""


class ExistsError(ArchiveError):
    """The key is taken; nothing was written."""


class DamageError(ArchiveError):
    """Stored bytes, a manifest or the journal do not agree."""


class HeldError(ArchiveError):
    """Another run holds the lease."""


class ConflictError(ArchiveError):
    """What the commit was prepared on has changed; prepare it anew."""


class UnsureError(ArchiveError):
    """The store gave no answer: what was written may be there, or may yet appear."""


class ChannelError(KanalarkivError):
    """A platform did not answer as it should."""


class CaptureError(KanalarkivError):
    """A page cannot be captured honestly."""


class RefusalError(KanalarkivError):
    """A rule forbids what was asked; nothing was done."""
