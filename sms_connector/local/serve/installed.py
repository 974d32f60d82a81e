"""What index.py has, for an installation that has none."""

import os

from ...function import Function
from ...settings import read_settings

_function = Function(read_settings(os.environ))

handler = application = _function.handle
initializer = _function.prepare
