"""Claims of a source against what every engine derives."""

from symconv.verify.judge import judge
from symconv.verify.run import judged, verify

__all__ = ["judge", "judged", "verify"]
