"""Records Keras's update rules: pip install keras==3.15.1 jax==0.10.2, then python tests/record/keras_on_jax.py."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import keras
from common import GIVEN, write
from keras.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Nadam, RMSprop

keras.config.set_floatx("float64")

CASES = [
    ("sgd", SGD, {}, {}),
    ("sgd", SGD, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("momentum", SGD, {"momentum": 0.9}, {}),
    ("momentum", SGD, {"momentum": 0.9, "nesterov": True}, {"nesterov": True}),
    ("adam", Adam, {}, {}),
    ("adam", Adam, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("adam", Adam, {"amsgrad": True}, {"amsgrad": True}),
    ("adamw", AdamW, {}, {}),
    ("adamax", Adamax, {}, {}),
    ("nadam", Nadam, {}, {}),
    ("rmsprop", RMSprop, {}, {}),
    ("rmsprop", RMSprop, {"momentum": 0.9}, {"momentum": 0.9}),
    ("rmsprop", RMSprop, {"centered": True}, {"centered": True}),
    ("adagrad", Adagrad, {}, {}),
    ("adadelta", Adadelta, {}, {}),
]


def run(made, settings):
    w = keras.Variable(GIVEN["w"], dtype="float64")
    optimizer = made(**settings)
    optimizer.build([w])
    rows = []
    for g in GIVEN["g"]:
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")])
        rows.append(w.numpy().tolist())
    return rows


runs = [{"rule": rule, "settings": own, "w": run(made, settings)} for rule, made, settings, own in CASES]
write("keras", {"keras": keras.__version__, "jax": jax.__version__}, runs)
