"""Records Chainer's update rules, with Python 3.8: pip install "setuptools<66" numpy==1.19.5 chainer==7.8.1."""

import chainer
import numpy as np
from chainer import optimizers
from common import GIVEN, write

CASES = [
    ("sgd", optimizers.SGD, {}, {}),
    ("momentum", optimizers.MomentumSGD, {}, {}),
    ("momentum", optimizers.CorrectedMomentumSGD, {}, {"rate_inside": False}),
    ("momentum", optimizers.NesterovAG, {}, {"nesterov": True}),
    ("adam", optimizers.Adam, {}, {}),
    ("adam", optimizers.AMSGrad, {}, {"amsgrad": True}),
    ("rmsprop", optimizers.RMSprop, {}, {}),
    ("rmsprop", optimizers.RMSprop, {"eps_inside_sqrt": True}, {"epsilon_inside": True}),
    ("adagrad", optimizers.AdaGrad, {}, {}),
    ("adadelta", optimizers.AdaDelta, {}, {}),
]


class Model(chainer.Link):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.w = chainer.Parameter(np.array(GIVEN["w"]))


def run(made, settings):
    model = Model()
    optimizer = made(**settings)
    optimizer.setup(model)
    rows = []
    for g in GIVEN["g"]:
        model.w.grad = np.array(g)
        optimizer.update()
        rows.append(model.w.array.tolist())
    return rows


runs = [{"rule": rule, "settings": own, "w": run(made, settings)} for rule, made, settings, own in CASES]
write("chainer", {"chainer": chainer.__version__, "numpy": np.__version__}, runs)
