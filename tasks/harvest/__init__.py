"""Parts words from numbers, and sees edits and disappearances as differences."""
