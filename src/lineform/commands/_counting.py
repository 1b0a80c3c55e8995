"""Numbers of things in reports."""

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """``1 cube``, ``2 cubes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
