"""Settings of the property tests of lineform."""

from hypothesis import settings

# Deterministic, and without a deadline: how long an example takes says nothing about it.
settings.register_profile("lineform", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("lineform")
