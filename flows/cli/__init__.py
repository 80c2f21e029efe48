"""The command line: thin, lazy, in Swedish or English; every command speaks ``--json`` too."""
