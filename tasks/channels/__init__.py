"""One connector a platform: fetch, nothing else."""
