"""Where entries live: the sum and the product of a convolution, as an argument.

    out[o] = sum over t of  x[source[o, t]] (x) w[t]

An algebra supplies the two operations. Numbers and SymPy expressions are rings; GF(q) is a finite
field; COMPLEX are the Gaussian rationals; max-plus and min-plus are semirings (dilation and erosion
of grey images by a kernel), and so is BOOLEAN (the same for black and white); `Operations` is any
pair of operations.

Grey dilation by a kernel w is a convolution in max-plus and grey erosion by w a correlation with −w
in min-plus. Without padding, `scipy.ndimage.grey_dilation(x, structure=w)` holds the entries of
`convolve(x, w, algebra=MAX_PLUS, padding="valid")` from index ⌊(k − 1)/2⌋ of every axis on, and
`grey_erosion(x, structure=w)` those of `correlate(x, −w, algebra=MIN_PLUS)` from index ⌊k/2⌋ on.
"""

from symconv.algebra.fields import GF, ExtensionField, PrimeField
from symconv.algebra.gaussian import COMPLEX, Complex, conjugate
from symconv.algebra.names import NAMES, adopted, named
from symconv.algebra.rational import RationalFunctions
from symconv.algebra.rings import EXPRESSIONS, NUMBERS, Algebra, Expressions, Numbers
from symconv.algebra.semirings import (
    BOOLEAN,
    MAX_PLUS,
    MIN_PLUS,
    Boolean,
    Operations,
    Tropical,
)

__all__ = [
    "BOOLEAN",
    "COMPLEX",
    "EXPRESSIONS",
    "GF",
    "MAX_PLUS",
    "MIN_PLUS",
    "NAMES",
    "NUMBERS",
    "Algebra",
    "Boolean",
    "Complex",
    "Expressions",
    "ExtensionField",
    "Numbers",
    "Operations",
    "PrimeField",
    "RationalFunctions",
    "Tropical",
    "adopted",
    "conjugate",
    "named",
]
