"""The channel register: read from TOML and checked against the guidelines."""
