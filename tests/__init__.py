"""Tests against real things: PostgreSQL, HTTP, a browser."""

from pathlib import Path

DATA = Path(__file__).parent / "data"
"""Files that tests read: labelled replies, an import, a scripted day."""
