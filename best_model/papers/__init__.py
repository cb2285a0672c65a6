"""The only batch: notebooks run, written as pages, and published as a pack."""

import sys

# jsonschema looks for this optional checker of web addresses, whose grammar takes two seconds to build, unused here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
