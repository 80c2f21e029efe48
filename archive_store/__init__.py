"""The ground: packages under a chained journal. Knows no Prefect, browser or platform."""
