#!/bin/sh
# PaddlePaddle 3.3.1 on the CPU: paddle.nn.functional.gaussian_nll_loss (and paddle.nn.GaussianNLLLoss) gives the
# variance no derivative at all: a network that predicts its own variance never learns it.
#
# Expected (guessed before the first run): the loss is half of log(v) + (m - t)²/v, so dE/dv = (1/v - (m - t)²/v²)/2. The
#   documentation says that only the clamping of the variance from below is left out of the way back, as in PyTorch.
# Seen: dE/dm is right, and dE/dv isn't there: the variance's gradient is None after backward(), no message said so. The
#   variance is not clamped here (0.5 and 2 against 1e-6). The value of the loss is right, so its difference quotient is.
#   Where the variance comes of what the mean comes of, that share is silently missing from what is there.
# Why it matters: the loss exists for variances that are learned. Training goes on, the mean fits, and the variance stays
#   what it was in the beginning; written out by hand, the same loss has the right derivative.
# Source: the function clamps a copy of the variance where gradients are switched off, and goes on with that copy.
# Exits 0 while that is so, 1 if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet paddlepaddle==3.3.1 numpy setuptools
"$folder/venv/bin/python" - <<'END' 2>/dev/null
import sys

import paddle
from paddle.nn.functional import gaussian_nll_loss

MEAN, TARGET = 1.0, 2.0


def by_hand(mean, target, variance):
    return 0.5 * (paddle.log(variance) + (mean - target) ** 2 / variance)


def leaf(value):
    return paddle.to_tensor([value], dtype="float64", stop_gradient=False)


def slopes(loss, variance):
    mean, of_variance = leaf(MEAN), leaf(variance)
    loss(mean, paddle.to_tensor([TARGET], dtype="float64"), of_variance).backward()
    return tuple(None if of.grad is None else of.grad.item() for of in (mean, of_variance))


def quotient(variance, apart=1e-6):
    mean, target = leaf(MEAN), leaf(TARGET)
    there, here = (gaussian_nll_loss(mean, target, leaf(variance + by)).item() for by in (apart, -apart))
    return (there - here) / (2 * apart)


print("paddle", paddle.__version__)
as_found = True
for variance in (0.5, 2.0):
    expected = 0.5 * (1 / variance - (MEAN - TARGET) ** 2 / variance**2)
    of_mean, of_variance = slopes(gaussian_nll_loss, variance)
    _, written_out = slopes(by_hand, variance)
    print(f"v = {variance}: dE/dm seen {of_mean}, expected {(MEAN - TARGET) / variance}")
    print(f"         dE/dv seen {of_variance}, expected {expected}; by hand {written_out}; quotient {quotient(variance):.6f}")
    as_found = as_found and (
        of_variance is None
        and abs(of_mean - (MEAN - TARGET) / variance) < 1e-12
        and abs(written_out - expected) < 1e-12
        and abs(quotient(variance) - expected) < 1e-6
    )
print("as found" if as_found else "changed")
sys.exit(0 if as_found else 1)
END
