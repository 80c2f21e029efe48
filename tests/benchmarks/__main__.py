"""``python -m tests.benchmarks``: see running.py, which other processes can import."""

from tests.benchmarks.running import main

if __name__ == "__main__":
    main()
