"""What scripts for libraries of arrays define to go through whole values, where these have no function of their own."""

PLACED = """
def placed(part, where, shape):
    whole = np.zeros(shape)
    whole[where] = part
    return whole  # what comes back to the elements that were not picked is 0
"""
GREATEST = """
def greatest(x, axis):
    places = np.arange(x.shape[axis]).reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])
    return np.where(places == x.argmax(axis=axis, keepdims=True), 1.0, 0.0)  # 1 of the first of the greatest, else 0
"""
TIED = {
    "numpy": """
def slopes_of_greatest(x, axis, slope=None):
    tied = x == x.max(axis=axis, keepdims=True)
    count = tied.sum(axis=axis, keepdims=True)
    slope = 1 / count if slope is None else slope  # by each of several that are as great
    return np.where(tied, np.where(count > 1, slope, 1.0), 0.0)
""",
    "torch": """
def greatest_of(x, axis, slope):
    value = x.detach()
    tied = value == value.amax(dim=axis, keepdim=True)
    slopes = torch.where(tied, torch.where(tied.sum(dim=axis, keepdim=True) > 1, slope, 1.0), 0.0)
    return value.amax(dim=axis) + ((x - value) * slopes).sum(dim=axis)  # by each of several that are as great
""",
}
WINDOWS = """
def windows(x, n):
    rows, columns = x.shape[-2] // n, x.shape[-1] // n
    x = x[..., : rows * n, : columns * n].reshape(*x.shape[:-2], rows, n, columns, n)
    return x.swapaxes(-3, -2).reshape(*x.shape[:-4], rows, columns, n * n)  # each with its elements along the last axis
"""
WINDOWS_BACK = """
def windows_back(d, n, shape):
    rows, columns = d.shape[-3:-1]
    d = d.reshape(*d.shape[:-1], n, n).swapaxes(-3, -2)
    whole = np.zeros(shape)
    whole[..., : rows * n, : columns * n] = d.reshape(*d.shape[:-4], rows * n, columns * n)
    return whole  # each element in its place again; 0 of those that were in no window
"""
PATCHES = {
    "numpy": """
def patches(x, rows, columns, stride, padding):
    edges = [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2
    met = np.lib.stride_tricks.sliding_window_view(np.pad(x, edges), (rows, columns), axis=(-2, -1))
    return met[..., ::stride, ::stride, :, :]  # what the kernel lies on, at each place down and across
""",
    "torch": """
def patches(x, rows, columns, stride, padding):
    padded = F.pad(x, (padding,) * 4)  # then what the kernel lies on, at each place down and across
    return padded.unfold(-2, rows, stride).unfold(-2, columns, stride)
""",
}
PATCHES_BACK = """
def patches_back(d, shape, stride, padding):
    (*_, rows, columns), (*_, down, across, height, width) = shape, d.shape
    whole = np.zeros((*d.shape[:-4], rows + 2 * padding, columns + 2 * padding))
    for i, j in np.ndindex(down, across):
        whole[..., i * stride : i * stride + height, j * stride : j * stride + width] += d[..., i, j, :, :]
    return whole[..., padding : padding + rows, padding : padding + columns].reshape(shape)  # every place adds its own
"""
LAYER_NORM = """
def layer_norm(x, eps):
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
"""
LAYER_NORM_BACK = """
def layer_norm_back(d, x, y, eps):  # by itself, through the mean, through the variance
    d = d - d.mean(axis=-1, keepdims=True) - y * (d * y).mean(axis=-1, keepdims=True)
    return d / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
"""
LOG_SOFTMAX_IN_NUMPY = """
def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def log_softmax_slopes(y):
    p, own = np.exp(y)[..., np.newaxis, :], np.eye(y.shape[-1])
    return own * (p @ (1 - own)) - (1 - own) * p  # 1 - p_k in place k, where that is the sum of the others; else -p_k
"""
