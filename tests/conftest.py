"""What all tests share."""

import os

from hypothesis import settings

# Two shared cores make single examples slow now and then: a deadline would only fail by chance.
settings.register_profile("desk", deadline=None)
# In CI a failure has to be one that anybody can repeat: the same examples every time.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
