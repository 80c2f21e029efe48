"""The bases of a snapshot that are not the page itself: data, downloads, and a person's capture."""
