"""A plain numpy program of a layered network that makes one known mistake: nothing of the engine computes its numbers.

Run by hand for many: `python -m tests.engine.comparison.faulty 1000`.
"""

import sys
from collections import Counter

import numpy as np

from engine import Session, compare
from tests.networks import make

ACTIVATIONS = {
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda y: y * (1 - y)),
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "relu": (lambda x: np.where(x > 0, x, 0.0), lambda y: np.where(y > 0, 1.0, 0.0)),
    "identity": (lambda x: x, np.ones_like),
}


def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def matrices(scenario, theta):
    network = scenario.network
    for number in range(1, network.depth + 1):
        biases = np.array(network.biases(theta, number))
        yield np.array(network.weights(theta, number)), biases


def program(scenario, fault="", at=0, size=0):
    """Every array of an iteration, with a mistake in layer `at`; `size` is an item, where the mistake has one."""
    network, training = scenario.network, scenario.training
    depth, batch = network.depth, len(scenario.inputs)
    t, alpha = scenario.targets, training.learning_rate
    names = [layer.activation.name for layer in network.layers]
    w, b = zip(*matrices(scenario, scenario.theta), strict=True)
    w, b = [None, *w], [None, *b]
    a, z, slope, out = [scenario.inputs], [scenario.inputs], [None], {}

    def wrong(name, layer):
        return fault == name and at == layer

    for k in range(1, depth + 1):
        before = z[k - 1] if wrong("input-for-output x", k) else a[k - 1]
        if wrong("path-forgotten x", k):
            before = before * (np.arange(before.shape[1]) != size)
        weights = w[k].T if wrong("transposed x", k) else w[k]
        x = before @ weights.T + (0 if wrong("bias-forgotten", k) else b[k])
        x = -x if wrong("sign x", k) else x
        name = "tanh" if names[k - 1] == "sigmoid" and wrong("other-activation", k) else names[k - 1]
        if name == "softmax":
            y, s = softmax(x), None
        else:
            f, of = ACTIVATIONS[name]
            y, s = f(x), of(f(x))
            if wrong("activation-forgotten", k):
                y = x
            if wrong("slope-of-x", k):
                s = of(x)
            if wrong("slope-forgotten", k):
                s = np.ones_like(x)
            if wrong("slope-power", k):
                s = s * s
        z.append(x), a.append(y), slope.append(s)
    y = a[depth]
    if network.loss.name == "cross_entropy":
        errors, dy = -t * np.log(y), -t / y
    elif fault == "loss squared_error":
        errors, dy = (y - t) ** 2, 2 * (y - t)
    else:
        errors, dy = (y - t) ** 2 / 2, (y if fault == "target-forgotten" else y - t)
    if fault == "not-squared":
        errors = y - t
    out["E"] = errors.sum() / batch
    da, dz = {depth: dy}, {}
    d_w, db, new_w, new_b = {}, {}, {}, {}
    for k in range(depth, 0, -1):
        if wrong("sign dy", k):
            da[k] = -da[k]
        if names[k - 1] == "softmax":
            dz[k] = y - t
            if fault == "slope-not-cancelled":
                dz[k] = dz[k] * y * (1 - y)
            if fault == "diagonal-only":
                dz[k] = dy * y * (1 - y)
        else:
            dz[k] = da[k] * slope[k]
        if wrong("sign dx", k):
            dz[k] = -dz[k]
        if wrong("factor", k):
            dz[k] = 7 * dz[k]
        above = da[k] if wrong("slope-forgotten dw", k) else dz[k]
        before = z[k - 1] if wrong("input-for-output dw", k) else a[k - 1]
        before = np.ones_like(before) if wrong("input-forgotten", k) else before
        used = np.array([example for example in range(batch) if not (wrong("example-left-out", k) and example == size)])
        divisor = 1 if wrong("reduction", k) else len(used)
        d_w[k], db[k] = above[used].T @ before[used] / divisor, above[used].sum(axis=0) / divisor
        if wrong("sign dw", k):
            d_w[k], db[k] = -d_w[k], -db[k]
        if wrong("penalty", k):
            d_w[k] = d_w[k] + 0.01 * w[k]
        if wrong("learning-rate dw", k):
            d_w[k], db[k] = alpha * d_w[k], alpha * db[k]
        rate = {"learning-rate": 1.0, "learning-rate twice": alpha**2, "sign w": -alpha}.get(
            fault if at == k else "", alpha
        )
        new_w[k], new_b[k] = w[k] - rate * d_w[k], b[k] - rate * db[k]
        if wrong("bias-not-trained", k):
            new_b[k] = b[k]
        if wrong("change-for-value", k):
            new_w[k], new_b[k] = new_w[k] - w[k], new_b[k] - b[k]
        if k > 1:
            weights = w[k] - alpha * d_w[k] if fault == "updated-weight" else w[k]
            weights = w[k].T if wrong("transposed dy", k) else weights
            weights = np.ones_like(w[k]) if wrong("weight-forgotten", k) else weights
            back = dz[k] * (np.arange(dz[k].shape[1]) != size) if wrong("path-forgotten dy", k) else dz[k]
            back = da[k] if wrong("slope-forgotten dy", k) else back
            da[k - 1] = back @ weights
    for k in range(1, depth + 1):
        out |= {f"z{k}": z[k], f"a{k}": a[k], f"da{k}": da[k], f"dz{k}": dz[k], f"dW{k}": d_w[k], f"db{k}": db[k]}
        out |= {f"W{k}_new": new_w[k], f"b{k}_new": new_b[k]}
        if wrong("transposed dw", k):
            out[f"dW{k}"] = d_w[k].T
        if wrong("parameter-for-derivative", k):
            out[f"dW{k}"], out[f"db{k}"] = w[k], b[k]
    return out


PLACES = {
    "bias-forgotten": "x", "path-forgotten x": "x", "input-for-output x": "x", "transposed x": "x", "sign x": "x",
    "activation-forgotten": "y", "other-activation": "y",
    "slope-of-x": "dE/dx", "slope-forgotten": "dE/dx", "slope-power": "dE/dx", "sign dx": "dE/dx", "factor": "dE/dx",
    "slope-not-cancelled": "dE/dx", "diagonal-only": "dE/dx", "sign dy": "dE/dy",
    "target-forgotten": "dE/dy", "loss squared_error": "E", "not-squared": "E",
    "slope-forgotten dw": "dE/dw", "input-for-output dw": "dE/dw", "input-forgotten": "dE/dw", "sign dw": "dE/dw",
    "reduction": "dE/dw", "example-left-out": "dE/dw", "penalty": "dE/dw", "learning-rate dw": "dE/dw",
    "transposed dw": "dE/dw", "parameter-for-derivative": "dE/dw",
    "updated-weight": "dE/dy-", "transposed dy": "dE/dy-", "weight-forgotten": "dE/dy-",
    "path-forgotten dy": "dE/dy-",
    "slope-forgotten dy": "dE/dy-",
    "learning-rate": "w+", "learning-rate twice": "w+", "sign w": "w+", "bias-not-trained": "w+",
    "change-for-value": "w+",
}  # fmt: skip
"""By mistake the kind of the first wrong row; of those with − the layer before's."""


def drawn(seed):
    """A scenario, a mistake that can be made in it, and where."""
    random = np.random.default_rng(seed)
    depth = int(random.integers(2, 4))
    shape = tuple(int(n) for n in random.integers(2, 5, depth + 1))
    if random.random() < 0.3:
        shape = (shape[0],) * (depth + 1)
    is_softmax = random.random() < 0.3
    last, loss = (
        ("softmax", "cross_entropy") if is_softmax else (str(random.choice(["sigmoid", "tanh"])), "half_squared_error")
    )
    batch = int(random.integers(1, 4))
    scenario = make(
        shape, str(random.choice(["sigmoid", "tanh", "relu"])), last, loss, examples=batch, batch=batch, seed=seed,
        learning_rate=float(random.choice([0.1, 0.3, 0.5])),
    )  # fmt: skip
    right = program(scenario)
    for _ in range(100):
        fault = str(random.choice(list(PLACES)))
        at = int(random.integers(1, depth + 1))
        if fault == "factor" or "factor" not in fault:
            try:
                wrong = program(scenario, fault, at, int(random.integers(0, 2)))
            except (ValueError, IndexError):  # shapes do not allow it
                continue
            fused = is_softmax and at == depth
            if fused and fault in ("slope-of-x", "slope-forgotten", "slope-power", "activation-forgotten", "sign dy"):
                continue
            if is_softmax and fault in ("loss squared_error", "target-forgotten", "not-squared"):
                continue
            if any(wrong[name].shape != right[name].shape for name in right if name != "E"):
                continue
            if any(not np.allclose(wrong[name], right[name], rtol=1e-6, atol=1e-12) for name in right):
                return scenario, fault, at, wrong, right, random
    raise AssertionError("no mistake can be made")


def given_part(numbers, random):
    """All arrays, gradients only, or those of one layer."""
    part = random.choice(["all", "gradients", "layer"])
    if part == "gradients":
        return part, {name: array for name, array in numbers.items() if name[:2] in ("dW", "db")}
    if part == "layer":
        layer = str(random.choice(sorted({name[-1] for name in numbers if name[-1].isdigit()})))
        return part, {name: array for name, array in numbers.items() if name.rstrip("_new").endswith(layer)}
    return part, dict(numbers)


def cannot_be_told_apart(scenario, cause, given):
    """Whether the mistake that was told, where it was told, makes the numbers that are given as well."""
    for fault in PLACES:
        for at in range(1, scenario.network.depth + 1):
            if fault.split(" ")[0] == cause.cause and cause.at.endswith(f":{at}"):
                try:
                    other = program(scenario, fault, at)
                except (ValueError, IndexError):
                    continue
                if all(np.allclose(other[name], array, rtol=1e-9) for name, array in given.items()):
                    return True
    return False


def one(seed):
    """(what came of it, mistake, what was said, what was given) of one random mistake."""
    scenario, fault, at, wrong, right, random = drawn(seed)
    part, given = given_part(wrong, random)
    if all(np.allclose(given[name], right[name], rtol=1e-6, atol=1e-12) for name in given):
        return "not to be seen", fault, at, None, part, None
    found = compare(Session.open(scenario), given)
    said = found.causes[0].cause if found.causes else None
    name = fault.split(" ")[0]
    result = "right" if said == name else "nothing" if said is None else "other"
    if result == "other" and cannot_be_told_apart(scenario, found.causes[0], given):
        result = "right"
    if part == "all":
        kind = PLACES[fault]
        of_last = ("target-forgotten", "loss squared_error", "slope-not-cancelled", "diagonal-only")
        layer = scenario.network.depth if kind == "E" or fault in of_last else at
        if kind.endswith("-"):
            kind, layer = kind[:-1], at - 1 if fault != "updated-weight" else scenario.network.depth - 1
        first = found.first.whole if found.first else None
        expected = {f"{kind}:{layer}"} | (
            {f"dE/db:{layer}"} if kind == "dE/dw" else {f"b+:{layer}"} if kind == "w+" else set()
        )
        expected |= {"E"} if kind == "E" else set()
        if first not in expected:
            result = f"place {first}"
    return result, fault, at, found, part, scenario


if __name__ == "__main__":
    results, misses = Counter(), []
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for seed in range(start, start + int(sys.argv[1])):
        result, fault, at, found, part, scenario = one(seed)
        results[result] += 1
        if result not in ("right", "not to be seen"):
            told = [(cause.cause, cause.at, dict(cause.details)) for cause in found.causes]
            misses.append((seed, result, fault, at, part, scenario.shape, told, found.others))
    for miss in misses:
        print(*miss)
    print(results)
