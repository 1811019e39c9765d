"""What a bad file of a graph is told: changes to `GRAPH`, the place of the problem, words of its message."""
# ruff: noqa: E501 - a table, one case to a line

GRAPH = """
title = "small"
[graph]
inputs = ["a", "b"]
targets = { t = [2] }
constants = { c = 2 }
nodes = [
  "h = tanh(W @ concat(a, b) + c)",
  "E = half_squared_error(h, t)",
]
error = "E"
parameters = { W = [[0.1, 0.2], [0.3, 0.4]] }
[training]
learning_rate = 0.5
[[example]]
inputs = [1, 2]
targets = { t = [0, 1] }
"""
H = "tanh(W @ concat(a, b) + c)"
NODES = '  "E = half'
LINE = "graph.nodes[1]"

BAD: list[tuple[list[tuple[str, str]], str, list[str]]] = [
    # what is there
    ([("[graph]", "[grap]")], "grap", ["no such key", "the nearest is graph"]),
    ([("[graph]", "[grap]")], "network", ["there is neither [network] nor [graph]", "formulas"]),
    (
        [("[graph]", '[network]\ninputs = ["a"]\n[graph]')],
        "graph",
        ["there are both [network] and [graph]", "a file of its own"],
    ),
    ([('title = "small"\n[graph]', 'title = "small"\ngraph = 3\n[graf]')], "graph", ["3 is not a table"]),
    ([('inputs = ["a"', 'input = ["a"')], "graph.input", ["no such key", "the nearest is inputs"]),
    ([("nodes = [", "nodes = 3\nshown = [")], "graph.nodes", ["3 is not a list"]),
    ([(f'  "h = {H}",\n  "E = half_squared_error(h, t)",\n', "")], "graph.nodes", ["it is empty"]),
    # names
    ([('["a", "b"]', '["a", "b.1"]')], "graph.inputs[2]", ["the name holds .", "may be in a name of a graph"]),
    ([('["a", "b"]', '["a", "1b"]')], "graph.inputs[2]", ["begins with a digit"]),
    ([('["a", "b"]', '["a", "b", "a"]')], "graph.inputs[3]", ["the name a is taken by an input"]),
    ([("c = 2", "a = 2")], "graph.constants.a", ["the name a is taken by an input"]),
    ([("{ W =", "{ t = 1, W =")], "graph.parameters.t", ["the name t is taken by a target"]),
    ([('"h =', '"a =')], LINE, ["the name a is taken by an input"]),
    ([(NODES, '  "h = 3",\n' + NODES)], "graph.nodes[2]", ["the name h is taken by graph.nodes[1]"]),
    ([('"h = ', '"h h = ')], LINE, ["holds white space"]),
    ([('"h = ', '"h.1 = ')], LINE, ["the name holds ."]),
    ([('"h = ', '" = ')], LINE, ["the name is empty"]),
    ([('"h = ', '"h ')], LINE, ["it makes no value", 'like "q = x + y"']),
    # shapes
    ([("{ t = [2] }", "{ t = [0] }")], "graph.targets.t", ["0 is no size"]),
    ([("{ t = [2] }", "{ t = 2 }")], "graph.targets.t", ["2 is no shape"]),
    ([("{ t = [2] }", "{ t = [true] }")], "graph.targets.t", ["true is no size"]),
    ([("{ t = [2] }", "{ t = [1, 1, 1, 1, 2] }")], "graph.targets.t", ["it has 5 axes", "4 are the most"]),
    (
        [("{ t = [2] }", "{ t = [2000, 1000] }")],
        "graph.targets.t",
        ["(2000, 1000) are 2,000,000 numbers", "1,000,000 are the most"],
    ),
    (
        [("c = 2", "c = [1, 2, 3]")],
        LINE,
        ["column 10", "(2,)", "(3,)", "do not meet element by element", "W @ concat(a, b) + c"],
    ),
    ([("concat(a, b)", "concat(a, b, c)")], LINE, ["column 10", "(2, 2) @ (3,)", "in W @ concat(a, b, c)"]),
    ([("W @", "h @")], LINE, ["column 10: h uses itself"]),
    ([("W @", "E @")], LINE, ["column 10: a circle: h ← E ← h: a value is made of those before it, never of itself"]),
    (
        [(f'"h = {H}",', f'"h = q * {H}", "p = h.1", "q = p + a", "r = q",')],
        LINE,
        ["column 5: a circle: h ← q ← p ← h: "],
    ),
    (
        [(f'"h = {H}",', f'"h = q * {H}", "q = a + b",')],
        LINE,
        ["column 5: q is made further down", "put its line before"],
    ),
    ([("W @", "w @")], LINE, ["column 10: there is no 'w' before this line", "is 'W' meant?"]),
    ([("W @", "q @")], LINE, ["there is no 'q'", "there are 'a', 'b'"]),
    ([("tanh(", "tahn(")], LINE, ["column 5: there is no function 'tahn'", "is tanh meant?", "There are abs, "]),
    ([("tanh(", "zzzz(")], LINE, ["there is no function 'zzzz': there are abs, "]),
    ([("tanh(", "tanh(3, ")], LINE, ["tanh takes 1 argument, not 2: tanh(x)"]),
    ([(f'"h = {H}"', '"h = a(b)"')], LINE, ["'a' is a value and no function", "a * (…)"]),
    ([(f'"h = {H}"', '"h = conv(W)"')], LINE, ["conv takes 2 arguments, not 1", "conv(x, k, stride = 1, padding = 0)"]),
    (
        [(f'"h = {H}"', '"h = conv(W, W, strid = 1)"')],
        LINE,
        ["column 16: conv has no option 'strid'", "is stride meant?"],
    ),
    ([(f'"h = {H}"', '"h = conv(W, W, stride = 0)"')], LINE, ["stride must be a whole number of at least 1"]),
    ([(f'"h = {H}"', '"h = conv(W, W, stride = 1, stride = 2)"')], LINE, ["stride is given twice"]),
    ([(f'"h = {H}"', '"h = conv(stride = 1, W, W)"')], LINE, ["options come last"]),
    ([(f'"h = {H}"', '"h = sum(W, axis = row)"')], LINE, ["axis must be rows or columns"]),
    ([(f'"h = {H}"', '"h = tanh(a, b = 1)"')], LINE, ["tanh has no option 'b': it takes none"]),
    ([(f'"h = {H}"', '"h = layer_norm(t, eps = -1)"')], LINE, ["eps must be a number of at least 0"]),
    ([(f'"h = {H}"', '"h = max(a, b, axis = rows)"')], LINE, ["axis goes with one value"]),
    ([(f'"h = {H}"', '"h = max_pool(W, 1.5)"')], LINE, ["a whole number from 1 is needed here"]),
    ([(f'"h = {H}"', '"h = reshape(W, 3)"')], LINE, ["(2, 2) does not become (3,)"]),
    ([(f'"h = {H}"', '"h = W.3.1"')], LINE, ["(2, 2) has no .3.1", "1 … 2"]),
    ([(f'"h = {H}"', '"h = W.0"')], LINE, ["(2, 2) has no .0"]),
    ([(f'"h = {H}"', '"h = W.99999999999"')], LINE, ["there is no element"]),
    ([(f'"h = {H}"', '"h = a.T"')], LINE, ["cannot be transposed"]),
    ([(f'"h = {H}"', '"h = dot(W, t)"')], LINE, ["two vectors of the same length"]),
    ([(f'"h = {H}"', '"h = 2a"')], LINE, ["column 6: an operator is missing before 'a'", "a product is written *"]),
    ([(f'"h = {H}"', '"h = (a"')], LINE, ["a closing ) is missing"]),
    ([(f'"h = {H}"', '"h = a)"')], LINE, ["this ) closes no bracket"]),
    ([(f'"h = {H}"', '"h = a, b"')], LINE, ["a comma stands between the arguments"]),
    ([(f'"h = {H}"', '"h = a = b"')], LINE, ["there is a second ="]),
    ([(f'"h = {H}"', '"h = "')], LINE, ["it is empty"]),
    ([(f'"h = {H}"', '"h = a +"')], LINE, ["column 8: a value is missing here"]),
    ([(f'"h = {H}"', '"h = np.tanh(a)"')], LINE, ["column 5: np is no value: functions stand without a module"]),
    ([(f'"h = {H}"', '"h = a % b"')], LINE, ["'%' does not belong here"]),
    ([(f'"h = {H}"', '"h = |a|"')], LINE, ["abs(x)"]),
    ([(f'"h = {H}"', '"h = a[1]"')], LINE, ["an element is written h.1"]),
    ([(f'"h = {H}"', '"h = a {t}"')], LINE, ["{t} is no number of a repetition"]),
    ([(f'"h = {H}"', '"h = exp"')], LINE, ["exp is a function: exp(x)"]),
    ([(f'"h = {H}"', '"h = e * a"')], LINE, ["e stands for a number in e^x only"]),
    ([(f'"h = {H}"', '"h = 1e999"')], LINE, ["too large for a number"]),
    ([(f'"h = {H}"', '"h = ' + "(" * 60 + "a" + ")" * 60 + '"')], LINE, ["nested deeper than 50"]),
    ([(f'"h = {H}"', '"h = ' + "a + " * 150 + 'a"')], LINE, ["more than 100 operations follow from one another"]),
    ([(f'"h = {H}"', '"h = ' + "a +" + " " * 10001 + 'a"')], LINE, ["10,000 are the most"]),
    ([(f'"h = {H}"', "3")], LINE, ["3 is no line", "write it in quotes"]),
    (
        [
            (f'"h = {H}"', '"x = reshape(c, 1, 1)", "y = x @ big", "h = 1"'),
            ("{ W =", '{ big = { init = "normal", seed = 1, shape = [2, 2] }, W ='),
        ],
        "graph.nodes[2]",
        ["(1, 1) @ (2, 2)"],
    ),
    # what is differentiated
    ([('error = "E"\n', "")], "graph.error", ["it is missing: it says what is differentiated", 'error = "E"']),
    ([('error = "E"', 'error = "F"')], "graph.error", ["there is no node F"]),
    ([('error = "E"', 'error = "a"')], "graph.error", ["a is an input and no node"]),
    ([('error = "E"', 'error = "h"')], "graph.error", ["h is (2,), and the error is a number", "sum(h)"]),
    ([('error = "E"', 'error = ["E", "h"]')], "graph.error[2]", ["h is (2,)"]),
    ([('error = "E"', 'error = ["E", "E"]')], "graph.error[2]", ["E stands there twice"]),
    ([('error = "E"', "error = []")], "graph.error", ["it is empty"]),
    ([('error = "E"', 'error = "E"\nupstream = { h = [1, 2] }')], "graph.error", ["there are both error and upstream"]),
    (
        [('error = "E"', "upstream = { h = [1, 2, 3], E = 1 }")],
        "graph.upstream.h",
        ["it is (3,), but (2,) is needed", "2 numbers"],
    ),
    ([('error = "E"', "upstream = { q = 1, E = 1 }")], "graph.upstream.q", ["there is no node q"]),
    (
        [('error = "E"\n', "upstream = { E = 1 }\n"), ("[0, 1] }\n", "[0, 1] }\nupstream = { E = 2 }\n")],
        "example[1].upstream.E",
        ["[graph] gives it as well"],
    ),
    (
        [('error = "E"\n', ""), ("[0, 1] }\n", "[0, 1] }\nupstream = { q = 2 }\n")],
        "example[1].upstream.q",
        ["there is no node q"],
    ),
    (
        [(NODES, '  "q = a * b",\n' + NODES)],
        "graph.nodes[2]",
        ["q is not used: E does not depend on it", 'shown = ["q"]'],
    ),
    ([("{ W =", "{ v = 3, W =")], "graph.parameters.v", ["v is not used", "take it out"]),
    ([('error = "E"', 'error = "E"\nshown = ["q"]')], "graph.shown[1]", ["there is no node q"]),
    (
        [('error = "E"', "upstream = { " + ", ".join(f"u{i} = 1" for i in range(101)) + " }")],
        "graph.upstream",
        ["more than 100 nodes"],
    ),
    # parameters, constants
    (
        [("[0.3, 0.4]", "[0.3]")],
        "graph.parameters.W[2]",
        ["it is (1,), but the first beside it is (2,)", "the same length"],
    ),
    ([("0.3, ", '"0.3", ')], "graph.parameters.W[2][1]", ['"0.3" is not a number', "without quotes"]),
    ([("0.3, ", "nan, ")], "graph.parameters.W[2][1]", ["nan is not finite"]),
    ([("c = 2", "c = []")], "graph.constants.c", ["an empty list is no value"]),
    ([("c = 2", "c = [[[[[1]]]]]")], "graph.constants.c[1][1][1][1]", ["4 are the most"]),
    ([("c = 2", 'c = { csv = "c.csv" }')], "graph.constants.c.csv", ["c.csv"]),
    ([("[[0.1, 0.2], [0.3, 0.4]]", '{ csv = "nowhere.csv" }')], "graph.parameters.W.csv", ["nowhere.csv"]),
    ([("[[0.1, 0.2], [0.3, 0.4]]", '{ init = "normal", seed = 1 }')], "graph.parameters.W.shape", ["it is missing"]),
    (
        [("[[0.1, 0.2], [0.3, 0.4]]", '{ init = "normal", seed = 1, shape = [2, 2], low = 1 }')],
        "graph.parameters.W.low",
        ["normal takes no low"],
    ),
    (
        [("[[0.1, 0.2], [0.3, 0.4]]", '{ init = "he_normal", seed = 1, shape = [2, 2] }')],
        "graph.parameters.W.fan_in",
        ["he_normal needs it", "how many numbers come into one"],
    ),
    (
        [("[[0.1, 0.2], [0.3, 0.4]]", '{ init = "he_normal", seed = 1, shape = [2, 2], fan_in = 3 }')],
        "graph.parameters.W.fan_in",
        ["3 does not divide the 4 numbers"],
    ),
    (
        [("[[0.1, 0.2], [0.3, 0.4]]", '{ init = "normal", seed = 1, shape = [2, 2], fan_in = 2 }')],
        "graph.parameters.W.fan_in",
        ["normal takes no fan_in"],
    ),
    # repetitions
    ([(NODES, '  { for = "t = 1..3" },\n' + NODES)], "graph.nodes[2].nodes", ["it is missing"]),
    (
        [(NODES, '  { for = "t in 1..3", nodes = ["q{t} = a"] },\n' + NODES)],
        "graph.nodes[2].for",
        ["does not say over which numbers", '"t = 1..3"'],
    ),
    ([(NODES, '  { fro = "t = 1..3", nodes = ["q{t} = a"] },\n' + NODES)], "graph.nodes[2].fro", ["no such key"]),
    (
        [(NODES, '  { for = "t = 1..3", nodes = ["q{s} = a"] },\n' + NODES)],
        "graph.nodes[2].nodes[1]",
        ["{s} is no number of a repetition", "there is {t}"],
    ),
    (
        [(NODES, '  { for = "t = 1..3", nodes = ["q{t} = q{t-1} + a"] },\n' + NODES)],
        "graph.nodes[2].nodes[1] (t = 1)",
        ["there is no 'q0'", "give q0 under constants"],
    ),
    (
        [(NODES, '  { for = "t = 0..3", nodes = ["q{t} = q{t-1} + a"] },\n' + NODES)],
        "graph.nodes[2].nodes[1]",
        ["{t-1} is -1 where t = 0"],
    ),
    (
        [(NODES, '  { for = "t = 1..3", nodes = ["q{t*2} = a"] },\n' + NODES)],
        "graph.nodes[2].nodes[1]",
        ["{ belongs to no number of a repetition", "{t-1}"],
    ),
    (
        [(NODES, '  { for = "t = 1..3", nodes = ["q = a"] },\n' + NODES)],
        "graph.nodes[2].nodes[1] (t = 2)",
        ["the name q is taken by graph.nodes[2].nodes[1] (t = 1)"],
    ),
    (
        [(NODES, '  { for = "t = 1..20000", nodes = ["q{t} = a"] },\n' + NODES)],
        "graph.nodes",
        ["there are more than 10,000 nodes"],
    ),
    (
        [(NODES, '  { for = "t = 1..3", nodes = [{ for = "t = 1..2", nodes = ["q{t} = a"] }] },\n' + NODES)],
        "graph.nodes[2].nodes[1].for",
        ["t is the number of a repetition round it"],
    ),
    (
        [(NODES, '  { for = "t = 1..100000000", nodes = [{ for = "s = 1..100000000", nodes = [3] }] },\n' + NODES)],
        "graph.nodes",
        ["there are more than 10,000 nodes"],
    ),
    # gates
    ([('error = "E"', 'error = "E"\ngates = 1')], "graph.gates", ["1 is not true or false"]),
    (
        [('error = "E"', 'error = "E"\ngates = true'), ('["a", "b"]', '["a", "b", "h_1"]')],
        LINE,
        ["gates call an operation of h h_1", "is taken"],
    ),
    # examples
    (
        [("inputs = [1, 2]", "inputs = [1]")],
        "example[1].inputs",
        ["has 1 value, but the graph has 2 inputs", "in this order: a, b"],
    ),
    ([("inputs = [1, 2]", "inputs = { a = 1 }")], "example[1].inputs.b", ["it is missing", "give b, a number"]),
    ([("inputs = [1, 2]", "inputs = { a = 1, b = 2, d = 3 }")], "example[1].inputs.d", ["there is no input d"]),
    (
        [("inputs = [1, 2]", "inputs = [1, [2]]")],
        "example[1].inputs[2] (b)",
        ["it is (1,), but a number is needed", "give one number"],
    ),
    ([("{ t = [0, 1] }", "{ t = [0, 1, 2] }")], "example[1].targets.t", ["it is (3,), but (2,) is needed"]),
    ([("targets = { t = [0, 1] }\n", "")], "example[1].targets", ["has 0 values, but the graph has 1 target"]),
    ([("[0, 1] }\n", "[0, 1] }\nupstream = { h = [1, 1] }\n")], "graph.error", ["there are both error and upstream"]),
    ([("[[example]]\ninputs = [1, 2]\ntargets = { t = [0, 1] }\n", "")], "example", ["it is missing"]),
    ([("[[example]]", "[example]")], "example", ["a table is not a list of examples"]),
    ([("[[example]]", '[data]\ncsv = "d.csv"\n[[example]]')], "data", ["there are both [data] and [[example]]"]),
    (
        [
            (
                "[[example]]\ninputs = [1, 2]\ntargets = { t = [0, 1] }\n",
                '[data]\ncsv = "d.csv"\ninputs = ["x"]\ntargets = [["p", "q"]]\n',
            )
        ],
        "data.inputs",
        ["has 1 value, but the graph has 2 inputs"],
    ),
    (
        [
            (
                "[[example]]\ninputs = [1, 2]\ntargets = { t = [0, 1] }\n",
                '[data]\ncsv = "d.csv"\ninputs = ["x", "y"]\ntargets = ["p"]\n',
            )
        ],
        "data.targets[1] (t)",
        ["t is (2,)", "give a list of 2 columns"],
    ),
    (
        [
            (
                "[[example]]\ninputs = [1, 2]\ntargets = { t = [0, 1] }\n",
                '[data]\ncsv = "d.csv"\ninputs = ["x", 3]\ntargets = [["p", "q"]]\n',
            )
        ],
        "data.inputs[2] (b)",
        ["a column is told by its name"],
    ),
    # training, figures, notes
    ([("learning_rate = 0.5", 'update = "immediate"')], "training.update", ["immediate goes by layers"]),
    (
        [("learning_rate = 0.5", 'frozen = ["W.1.3"]')],
        "training.frozen[1]",
        ["there is no parameter W.1.3", "W.1."],
    ),
    ([("learning_rate = 0.5", "batch = 2")], "training.batch", ["2 is more than there are"]),
    ([("tanh(", "batch_var(")], "training.batch", ["a batch has one example, and batch_var is 0 there"]),
    (
        [("[[example]]", '[[published]]\nquantity = "x[h.1]"\nvalue = "1"\n[[example]]')],
        "published[1].quantity",
        ["a graph has no x"],
    ),
    (
        [("[[example]]", '[[published]]\nquantity = "y[h]"\nvalue = "1"\n[[example]]')],
        "published[1].quantity",
        ["h is (2,), not one number"],
    ),
    (
        [
            (
                "[[example]]",
                '[[published]]\nquantity = "E"\nvalue = "1"\nverdict = "variant"\nnote = "n"\nvariant = { loss = "squared_error" }\n[[example]]',
            )
        ],
        "published[1].variant.loss",
        ["a graph has no loss"],
    ),
    ([("[[example]]", '[[note]]\nat = "y[q]"\ntext = "q"\n[[example]]')], "note[1].at", ["there is no node q"]),
]
