"""Whether this package is in a checkout of the project, or was installed by pip without one."""

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
"""The directory of the package: that of the project, or of all installed packages."""

# Another package that pip installed may have brought an index.py alone.
IS_CHECKOUT: Final = all((PROJECT / name).is_file() for name in ("index.py", "pyproject.toml"))

CONNECTOR_JSON: Final = (PROJECT if IS_CHECKOUT else Path.cwd()) / "connector.json"
"""The default file. settings.py has the same rule; here nothing that ships is imported."""
