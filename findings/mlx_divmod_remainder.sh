#!/bin/sh
# MLX 0.32.4 on the CPU: the remainder of mx.divmod has slope 0 everywhere, the same remainder of mx.remainder has slope 1.
#
# Expected (guessed before the first run): divmod(x, d) is (floor(x/d), x - d floor(x/d)). Between the jumps the quotient is
#   constant and the remainder is x plus a constant: its derivative is 1 by x and -floor(x/d) by d, as mx.remainder has it,
#   and as JAX 0.10.2 has it for both spellings.
# Seen: values agree; by divmod's remainder both derivatives are 0, without a message. A sum of both parts that is x again,
#   d·quotient + remainder, has slope 0 by x.
# Why it matters: a phase or a position that is wrapped by divmod (one call where two would be needed) cuts the way back:
#   whatever is before it learns nothing, and nothing says so. Take mx.remainder for what is differentiated.
# Source: mlx/primitives.cpp: both results come of one primitive, whose products with Jacobians are zeros for either.
# Exits 0 while that is so, 1 if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4" numpy
"$folder/venv/bin/python" - <<'END'
import sys
from importlib.metadata import version

import mlx.core as mx

mx.set_default_device(mx.cpu)
X, D = mx.array(5.5), mx.array(2.0)


def of_divmod(x, d):
    return mx.divmod(x, d)[1]


def again(x, d):
    quotient, remainder = mx.divmod(x, d)
    return d * quotient + remainder


def slopes(function):
    return tuple(slope.item() for slope in mx.grad(function, argnums=(0, 1))(X, D))


print("mlx", version("mlx"))
print("values:                  seen", of_divmod(X, D).item(), "and", mx.remainder(X, D).item(), "expected 1.5")
seen, reference, whole = slopes(of_divmod), slopes(mx.remainder), slopes(again)
print("divmod's remainder:      slopes by x, d seen", seen, "expected (1.0, -2.0)")
print("mx.remainder:            slopes by x, d seen", reference)
print("d·quotient + remainder:  slope by x seen", whole[0], "expected 1.0")
as_found = (
    of_divmod(X, D).item() == mx.remainder(X, D).item() == 1.5
    and seen == (0.0, 0.0)
    and reference == (1.0, -2.0)
    and whole[0] == 0.0
)
print("as found" if as_found else "changed")
sys.exit(0 if as_found else 1)
END
