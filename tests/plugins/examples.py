"""How Hypothesis looks for examples here: without a time limit for one example.

A busy machine makes the first call of anything slow; that says nothing about the code.
"""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
