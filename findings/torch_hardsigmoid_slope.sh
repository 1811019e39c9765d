#!/bin/sh
# PyTorch 2.13.0 on the CPU: in float64, torch.nn.functional.hardsigmoid goes forward in double precision, and back with
# a slope of single precision.
#
# Expected (guessed before the first run): between -3 and 3 the derivative of relu6(x + 3)/6 is the double nearest to 1/6,
#   0.16666666666666666, as the value is the double nearest to (x + 3)/6, and as hardswish, which has the same sixth, has it.
# Seen: the derivative is 0.1666666716337204, which is 1/6 rounded to float32: off by 3e-8 of itself. hardswish is exact,
#   so is the value of hardsigmoid. torch.autograd.gradcheck with tolerances of 1e-10 fails for it.
# Why it matters: whoever checks a gradient in float64 with such a layer in it sees an error that looks like one of their
#   own, eight digits down, whatever else is right. Write relu6(x + 3) / 6 instead.
# Exits 0 while that is so, 1 if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
"$folder/venv/bin/python" - <<'END'
import sys

import numpy as np
import torch
from torch.nn.functional import hardsigmoid, hardswish, relu6


def slope(function, x):
    at = torch.tensor([x], dtype=torch.float64, requires_grad=True)
    function(at).backward()
    return at.grad.item()


x = 0.7
value = hardsigmoid(torch.tensor([x], dtype=torch.float64)).item()
of_hardsigmoid, of_relu6 = slope(hardsigmoid, x), slope(lambda at: relu6(at + 3) / 6, x)
of_hardswish = slope(hardswish, x)
print("torch", torch.__version__)
print("value:            seen", repr(value), "expected", repr((x + 3) / 6))
print("slope:            seen", repr(of_hardsigmoid), "expected", repr(1 / 6))
print("1/6 as float32:       ", repr(float(np.float32(1 / 6))))
print("relu6(x + 3)/6:   seen", repr(of_relu6))
print("hardswish, slope: seen", repr(of_hardswish), "expected", repr((2 * x + 3) / 6))
as_found = (
    abs(value - (x + 3) / 6) < 1e-15
    and of_hardsigmoid == float(np.float32(1 / 6))
    and abs(of_relu6 - 1 / 6) < 1e-16
    and abs(of_hardswish - (2 * x + 3) / 6) < 1e-15
)
print("as found" if as_found else "changed")
sys.exit(0 if as_found else 1)
END
