"""Every PDF that is made or read."""
