"""Scenario files as authors might write them: every way of giving weights and examples, with comments all over."""

import random

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
OPTIMIZERS = (
    '"sgd"',
    '"momentum"',
    "{ name = 'momentum', momentum = 0.7, nesterov = true }  # Nesterov's",
    '{ name = "adam", beta1 = 0.8 }',
    '"adam"',
)
NOTE = '''
[[note]]  # note: a note
at = "dE/dx"
text = """
Two lines,
[[published]]
# no comment"""
'''
FIGURE = """
# figure: above
[[published]]
quantity = "E"
value = "0.1"  # figure: in

# about what follows
"""


class Author:
    """Writes one file, and the tables beside it, by the numbers that a seed gives."""

    def __init__(self, folder, seed):
        self.folder, self.random = folder, random.Random(seed)
        self.comments = 0

    def write(self, name="net.toml"):
        """The file's path."""
        pick = self.random
        shape = [pick.randint(1, 3) for _ in range(pick.randint(2, 4))]
        self.count, self.softmax = pick.randint(1, 4), pick.random() < 0.3 and shape[-1] > 1
        parts = [self.head(shape), *(self.layer(number, shape) for number in range(1, len(shape)))]
        parts += pick.sample([self.training(shape), self.examples(shape)], 2)
        parts += pick.sample([NOTE, FIGURE, NOTE, FIGURE], pick.randint(0, 4))
        path = self.folder / name
        path.write_text("".join(parts))
        return path

    def comment(self):
        self.comments += 1
        return f"  # comment {self.comments}"

    def number(self):
        pick = self.random
        return pick.choice([repr(pick.gauss(0, 1)), f"{pick.gauss(0, 1):.2f}", "1", "-0.0", "1e-3", "+0.5", "0.1_5"])

    def row(self, count):
        return f"[{', '.join(self.number() for _ in range(count))}]"

    def rows(self, down, across):
        return "[" + ",\n  ".join(self.row(across) for _ in range(down)) + f"{self.comment()}\n]"

    def table(self, name, down, across, header=""):
        lines = [",".join(self.number().replace("_", "") for _ in range(across)) for _ in range(down)]
        (self.folder / name).write_text(header + "\n".join(lines) + "\n")

    def head(self, shape):
        own = 'notation = { x = "z", "dE/dx" = "δ", "α" = "η" }\n' if self.random.random() < 0.4 else ""
        loss = "cross_entropy" if self.softmax else self.random.choice(["half_squared_error", "output"])
        self.needs_targets = loss != "output"
        names = [f'"x{i}"' for i in range(shape[0])]
        return f"""# comment 0: of the file

title = 'made "up"'{self.comment()}
document = "Where it is from"
{own}
[network]{self.comment()}
inputs = [{", ".join(names)}]
loss = "{loss}"

"""

    def layer(self, number, shape):
        pick, n_in, n_out = self.random, shape[number - 1], shape[number]
        final = number == len(shape) - 1
        lines = ["# comment 0: of a layer", "[[network.layer]]", f"units = {n_out}{self.comment()}"]
        activation = "softmax" if final and self.softmax else pick.choice(ACTIVATIONS)
        lines.append(f'activation = "{activation}"')
        by_source = pick.random() < 0.3
        down, across = (n_in, n_out) if by_source else (n_out, n_in)
        way = pick.choice(["listed", "listed", "csv", "init"])
        if way == "listed":
            lines.append(f"weights = {self.rows(down, across)}")
        elif way == "csv":
            self.table(f"w{number}.csv", down, across)
            lines.append(f'weights = {{ csv = "w{number}.csv" }}{self.comment()}')
        else:
            lines.append(f'weights = {{ init = "he_normal", seed = {number} }}{self.comment()}')
        if by_source:
            lines.append('weights_by = "source"')
        bias = pick.choice(["none", "shared", "each"])
        if bias == "shared":
            lines.append(f"bias = {self.number()}{self.comment()}")
        elif bias == "each":
            lines.append(f"bias = {self.row(n_out)}{self.comment()}")
        if bias != "none" and pick.random() < 0.3:
            lines.append("train_bias = false")
        return "\n".join(lines) + "\n\n"

    def training(self, shape):
        pick = self.random
        lines = ["[training]", f"optimizer = {pick.choice(OPTIMIZERS)}", f"batch = {pick.randint(1, self.count)}"]
        if pick.random() < 0.7:
            lines.append(f"learning_rate = 0.05{self.comment()}")
        if pick.random() < 0.4:
            lines.append(f'update = "immediate"{self.comment()}')
        if pick.random() < 0.4:
            lines.append("shuffle = { seed = 3 }")
        if pick.random() < 0.4:
            lines.append(f'frozen = ["w_x0_{self.first_target(shape)}"]{self.comment()}')
        return "\n".join(lines) + "\n\n"

    @staticmethod
    def first_target(shape):
        return "o1" if len(shape) == 2 else "h1" if len(shape) == 3 else "h1_1"

    def targets(self, count):
        if self.softmax:
            return ["1" if i == 0 else "0" for i in range(count)]
        return [self.number() for _ in range(count)]

    def examples(self, shape):
        n_in, n_out = shape[0], shape[-1]
        if self.random.random() < 0.3:
            names = [f"c{i}" for i in range(n_in + n_out)]
            lines = [",".join(names)]
            for _ in range(self.count):
                cells = [self.number() for _ in range(n_in)] + self.targets(n_out)
                lines.append(",".join(cells).replace("_", ""))
            (self.folder / "data.csv").write_text("\n".join(lines) + "\n")
            targets = f"targets = {names[n_in:]}\n" if self.needs_targets else ""
            return f"# of the data\n[data]\ncsv = 'data.csv'\ninputs = {names[:n_in]}\n{targets}\n"
        text = ""
        for _ in range(self.count):
            text += f"[[example]]{self.comment()}\ninputs = {self.row(n_in)}\n"
            text += f"targets = [{', '.join(self.targets(n_out))}]\n\n"
        return text
