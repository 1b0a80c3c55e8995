"""Parts of expressions and words that several groups of rules share."""

__all__ = ["NULL", "alone", "uncounted"]

NULL = "leave it empty where it is not known"


def alone(one: str, other: str) -> str:
    """Where `one` lacks a value beside the `other`; a missing column is told elsewhere."""
    return f"present({one}) and not known({one}) and known({other})"


def uncounted(name: str) -> str:
    """Where the column `name` holds no count of elements."""
    return f"known({name}) and not ({name} > 0 or {name} == -1)"
