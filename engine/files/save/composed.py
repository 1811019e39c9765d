"""A scenario as a file written from nothing: for one without a file, or whose file can't be kept as it is written."""

from collections.abc import Iterator

from msgspec.structs import asdict

from engine.files.save.graphs import graph_examples, graph_lines
from engine.files.save.listed import examples, key, matrix, names, number_matrix, numbers, text
from engine.formula.activation import Activation
from engine.formula.loss import Loss
from engine.program.learning_rules import LearningRule
from engine.program.notation import CANONICAL, NOTATIONS, Notation
from engine.program.penalty import Penalty
from engine.program.rule import Optimizer
from engine.program.scenario import Scenario, Training
from engine.program.schedules import Schedule


def composed(scenario: Scenario) -> str:
    """The text of its file, up to `[resume]`."""
    return "\n".join("\n".join(lines) + "\n" for lines in _parts(scenario))


def _parts(scenario: Scenario) -> Iterator[list[str]]:
    """The lines of each table."""
    training, names_of = scenario.training, scenario.network.parameter_names
    head = {"title": text(scenario.title)}
    if scenario.document:
        head["document"] = text(scenario.document)
    if scenario.topics:
        head["topics"] = names(scenario.topics)
    if scenario.notation.name != CANONICAL.name:
        head["notation"] = _notation(scenario.notation)
    yield _lines(head)
    graph, untrained = scenario.graph, set[int]()
    if graph is not None:
        yield graph_lines(scenario, graph)
    else:
        yield from _layers(scenario, untrained)
    yield ["[training]", *_lines(_training(training, [names_of[i] for i in sorted(training.frozen - untrained)]))]
    listed = examples(scenario) if graph is None else graph_examples(scenario, graph)
    yield listed.rstrip("\n").split("\n")
    for note in scenario.notes:
        iteration = {} if note.iteration is None else {"iteration": str(note.iteration)}
        yield ["[[note]]", *_lines({"at": text(note.at)} | iteration | {"text": text(note.text)})]


def _lines(table: dict[str, str]) -> list[str]:
    return [f"{name} = {value}" for name, value in table.items()]


def _layers(scenario: Scenario, untrained: set[int]) -> Iterator[list[str]]:
    """The lines of `[network]` and of each layer; notes in `untrained` the biases of which a layer says so."""
    network = scenario.layered
    begun = scenario.preparation
    head = {"inputs": names(network.inputs if begun is None else begun.raw), "loss": _loss(network.loss)}
    if begun is not None and begun.features:
        formulas = (f"{text(feature.name)} = {text(feature.text)}" for feature in begun.features)
        head["features"] = "{ " + ", ".join(formulas) + " }"
    yield ["[network]", *_lines(head)]
    for number in range(1, network.depth + 1):
        lines, frozen = _layer(scenario, number)
        untrained |= frozen
        yield lines


def _layer(scenario: Scenario, number: int) -> tuple[list[str], set[int]]:
    """The lines of a `[[network.layer]]`, and the indices in θ of its biases if none of them is trained."""
    network, layer = scenario.layered, scenario.layered.layer(number)
    table = {"label": text(layer.label)} if layer.label else {}
    table |= {"nodes": names(layer.nodes), "activation": _activation(layer.activation)}
    if layer.inputs:
        table["inputs"] = names(layer.inputs)
    if len(network.uses(number)) > 1:
        table["tie"] = text(f"layer_{network.uses(number)[0]}")
    if not network.owns(number):
        return ["[[network.layer]]", *_lines(table)], set()
    table["weights"] = number_matrix(network.weights(scenario.theta, number))
    table["weight_names"] = matrix([names(row) for row in layer.weight_names])
    biases = network.biases(scenario.theta, number).tolist()
    stop = network.spans[number - 1].stop
    indices = set(range(stop - len(biases), stop))
    if layer.shared_bias:
        table |= {"bias": repr(biases[0]), "bias_names": text(layer.bias_names[0])}
    elif biases:
        table |= {"bias": numbers(biases), "bias_names": names(layer.bias_names)}
    untrained = indices if indices and indices <= scenario.training.frozen else set[int]()
    if untrained:
        table["train_bias"] = "false"
    return ["[[network.layer]]", *_lines(table)], untrained


def _activation(activation: Activation | tuple[Activation, ...]) -> str:
    if isinstance(activation, tuple):
        return f"[{', '.join(map(_activation, activation))}]"
    return _inline({"name": activation.name, **activation.options}) if activation.options else text(activation.name)


def _training(training: Training, frozen: list[str]) -> dict[str, str]:
    table = {
        "learning_rate": _rate(training),
        **_rule(training.optimizer),
        "batch": str(training.batch),
        "reduction": text("weighted_mean" if training.by_weights else training.reduction),
        "update": text("immediate" if training.immediate else "simultaneous"),
    }
    if frozen:
        table["frozen"] = names(frozen)
    if training.clip is not None:
        table["clip"] = _inline({key: value for key, value in asdict(training.clip).items() if value})
    if training.arithmetic.precision != "float64":
        table["precision"] = text(training.arithmetic.precision)
    if training.penalty is not None:
        table["penalty"] = _penalty(training.penalty)
    if training.shuffle is not None:
        table["shuffle"] = f"{{ seed = {training.shuffle} }}"
    stop = {name: value for name, value in asdict(training.stop).items() if value is not None}
    if stop:
        table["stop"] = _inline(stop)
    return table


def _penalty(penalty: Penalty) -> str:
    settings: dict[str, object] = {"l2": penalty.l2} if penalty.l2 or not penalty.l1 else {}
    settings |= {"l1": penalty.l1} if penalty.l1 else {}
    settings |= {} if penalty.half else {"half": False}
    settings |= {"biases": True} if penalty.biases else {}
    settings |= {} if penalty.per == "batch" else {"per": penalty.per}
    if penalty.parameters:
        settings["parameters"] = list(penalty.parameters)
    return _inline(settings)


def _rate(training: Training) -> str:
    if training.schedule is None:
        return repr(training.learning_rate)
    return _inline({"start": training.learning_rate} | _settings(training.schedule))


def _settings(schedule: Schedule) -> dict[str, object]:
    """A schedule's keys."""
    settings = {name: value for name, value in asdict(schedule).items() if value is not None}
    if isinstance(settings.get("then"), Schedule):
        settings["then"] = _settings(settings["then"])
    return {"schedule": schedule.name} | settings


def _loss(loss: Loss) -> str:
    return _inline(loss.told) if isinstance(loss.told, dict) else text(loss.told)


def _rule(optimizer: Optimizer) -> dict[str, str]:
    if isinstance(optimizer, LearningRule):
        return {"rule": text(optimizer.name)}
    told = optimizer_told(optimizer)
    return {"optimizer": text(told) if isinstance(told, str) else _inline(told)}


def optimizer_told(optimizer: Optimizer) -> str | dict[str, object]:
    """What a file gives as `optimizer`."""
    usual = asdict(type(optimizer)())
    settings = {name: value for name, value in asdict(optimizer).items() if value or value != usual[name]}
    return {"name": optimizer.name, **settings} if settings else optimizer.name


def _notation(notation: Notation) -> str:
    if notation.name in NOTATIONS:
        return text(notation.name)
    return _inline({kind: own for kind, own in notation.symbols.items() if own != CANONICAL.symbols[kind]})


def _inline(table: dict[str, object]) -> str:
    """`{ name = "adam", beta1 = 0.9 }`."""

    def plain(value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict):
            return _inline(value)
        if isinstance(value, list) and all(isinstance(one, float) for one in value):
            return numbers(value)
        if isinstance(value, list):
            return names(value)
        return text(value) if isinstance(value, str) else repr(value)

    return f"{{ {', '.join(f'{key(name)} = {plain(value)}' for name, value in table.items())} }}"
