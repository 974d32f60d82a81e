"""Whether this package runs from a checkout of the project, or was installed by pip."""

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
"""The directory that holds the package: the project, or site-packages."""

# Another package that pip installed may have brought an index.py alone.
IS_CHECKOUT: Final = all((PROJECT / name).is_file() for name in ("index.py", "pyproject.toml"))

CONNECTOR_JSON: Final = (PROJECT if IS_CHECKOUT else Path.cwd()) / "connector.json"
"""The default file, by the same rule as in settings.py, without importing what ships."""
