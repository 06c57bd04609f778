"""`python -m crossdock.reference [FOLDER]`: write every generated page. FOLDER: docs/reference when not given."""

import sys
from pathlib import Path

from crossdock.reference.pages import write_pages

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/reference")
for path in write_pages(folder):
    sys.stdout.write(f"wrote {path}\n")
