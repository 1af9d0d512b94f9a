"""Claims of a source against what every engine derives."""

from symconv.verify import readings as _readings  # registers the judge of damaged examples
from symconv.verify.judge import judge
from symconv.verify.run import verify

__all__ = ["judge", "verify"]
_ = _readings
