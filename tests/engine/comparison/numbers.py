"""A walk's numbers as other programs would have them."""

import numpy as np

from engine import Session, layer_arrays


def completed(scenario, iteration=0):
    start = Session.open(scenario)
    return start.seek(iteration, start.count)


def arrays_of(session):
    """Every array of a layered network by its usual name; weights (n_out, n_in), examples in rows."""
    network, found = session.scenario.network, {}
    for number in range(1, network.depth + 1):
        layer = layer_arrays(session, number)
        arrays = {
            "W": layer.weights,
            "b": layer.biases,
            "z": layer.x,
            "a": layer.y,
            "da": layer.d_error_d_y,
            "dz": layer.d_error_d_x,
            "dW": layer.d_error_d_weights,
            "db": layer.d_error_d_biases,
        }
        found |= {f"{name}{number}": np.array(array) for name, array in arrays.items() if array.size}
        found[f"W{number}_new"] = np.array(layer.new_weights)
    return found
