"""What is refused, and what goes wrong: codes, texts, classes, retries."""
from __future__ import annotations
