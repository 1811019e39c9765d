"""The `[training]` of a file, and the same keys where a published figure needs other settings."""

from collections.abc import Mapping
from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict, replace

from engine.files.activation import activation_of, check_settings
from engine.files.clip import check_clip, check_known
from engine.files.data_parts import MAX_NUMBERS
from engine.files.graph_training import check_graph_training, numbers_of
from engine.files.learning_rule import check_learning_rule
from engine.files.loss_parts import loss_in, weights_problem
from engine.files.model import TrainingPart, VariantPart
from engine.files.optimizer import check_optimizer, check_rate, optimizer_of, rate_of
from engine.files.parts import Partial, keys_of, read_part
from engine.files.penalty import check_penalty, known_names, named_indices, penalty_of
from engine.files.prepared import Examples
from engine.files.problems import MOST_SHOWN, Problems, described, nearest, plural
from engine.files.shape import Draft, loss_problem
from engine.formula.precision import Arithmetic
from engine.program.clip import Clip
from engine.program.graph import Graph
from engine.program.network import Layer, Network
from engine.program.scenario import Stop, Training, Variant

MAX_AT_ONCE = 10_000_000
"""Numbers of which one step of the walk makes its results: several arrays of 80 MB."""


def read_training(section: Any, draft: Draft, examples: Examples, problems: Problems) -> Training:
    """Reads `[training]` and notes every problem in it; what is wrong or missing is as by default.

    Args:
        section: what TOML gives for `training`, or None.
        draft: the network as far as it is known.
        examples: the examples as far as they are known.
        problems: gets what is wrong.
    """
    if section is not None and not isinstance(section, dict):
        problems.add("training", f"{described(section)} is not a table", "write [training] with its keys below it")
    part = read_part(TrainingPart, section if isinstance(section, dict) else {}, "training", problems)
    _check(part, "training", draft.network, examples, problems)
    if isinstance(draft.network, Graph):
        check_graph_training(part, "training", draft.network, examples.count, problems)
    if draft.network is not None:
        _check_examples(draft.network, examples.count or 0, problems)
    check_rate(part, "training", problems)
    if (
        part.good("stop")
        and part.value.stop is not None
        and part.value.stop.patience is not None
        and not examples.tested
    ):
        problems.add("training.stop.patience", "there is no test part to wait for", "give test = 0.3 under [data]")
    if part.good("stop") and (stop := part.value.stop) is not None and None not in (stop.patience, stop.epoch_error):
        problems.add("training.stop.epoch_error", "there are both epoch_error and patience", "keep one of them")
    training = _training(part.value, part.raw, draft, examples.count or 1)
    check_known(training, draft.network, "training", problems)
    return training


def _training(part: TrainingPart, raw: Mapping[str, Any], draft: Draft, count: int) -> Training:
    """The settings of a table; `raw` is the table as it stands in the file: it says what is given."""
    frozen = {*part.frozen, *draft.frozen}
    rate, schedule = rate_of(part, raw)
    return Training(
        learning_rate=rate,
        schedule=schedule,
        optimizer=optimizer_of(part, raw),
        clip=None if part.clip is None else Clip(**asdict(part.clip)),
        batch=count if part.batch == "all" else part.batch,
        reduction="sum" if part.reduction == "sum" else "mean",
        by_weights=part.reduction == "weighted_mean",
        immediate=part.update == "immediate",
        frozen=frozenset(index for name in frozen for index in named_indices(name, draft.network)),
        shuffle=part.shuffle.seed if part.shuffle else None,
        stop=_stop(part, count),
        arithmetic=Arithmetic(precision=part.precision),
        penalty=penalty_of(part.penalty, draft.network, count),
    )


def _stop(part: TrainingPart, count: int) -> Stop:
    """Where a run ends: epochs are counted in iterations."""
    if part.stop is None:
        return Stop()
    size = count if part.batch == "all" else part.batch
    epochs = [] if part.stop.epochs is None else [part.stop.epochs * -(-count // size)]
    given = [] if part.stop.iterations is None else [part.stop.iterations]
    return Stop(min([*epochs, *given], default=None), part.stop.error, part.stop.patience, part.stop.epoch_error)


def read_variant(
    part: VariantPart, raw: Mapping[str, Any], training: Training, draft: Draft, examples: Examples
) -> Variant:
    """A well-formed variant: the scenario's own training, with what the variant gives in its place.

    Args:
        part: the variant.
        raw: the same as it stands in the file.
        training: the scenario's own.
        draft: the network.
        examples: how many there are.
    """
    given = _training(part, raw, draft, examples.count or 1)
    own = {"update": "immediate", "weight_decay": "optimizer", "rule": "optimizer", "precision": "arithmetic"}
    fields = {key: own.get(key, key) for key in keys_of(TrainingPart)}
    changed = {field: getattr(given, field) for key, field in fields.items() if key in raw}
    if "reduction" in raw:
        changed["by_weights"] = given.by_weights
    if "learning_rate" in raw:
        changed["schedule"] = given.schedule
    if part.weight_decay is not None and "optimizer" not in raw:
        changed["optimizer"] = replace(training.optimizer, weight_decay=part.weight_decay, coupled=False)
    varied = replace(training, **changed)
    arithmetic = {key: getattr(part, key) for key in ("decimals", "digits", "slope") if key in raw}
    varied = replace(varied, arithmetic=replace(varied.arithmetic, **arithmetic))
    loss = loss_in(part.loss) if part.loss else None
    told = {
        key: raw[key] if key in ("optimizer", "loss", "activation") else value
        for key, value in to_builtins(part).items()
        if key in raw
    }
    activations = {int(number): activation_of(one) for number, one in part.activation.items() if number.isdecimal()}
    return Variant(varied, loss, part.iteration, part.set, biases=part.bias, told=told, activations=activations)


def _check(
    part: Partial[TrainingPart] | Partial[VariantPart],
    where: str,
    network: Network | Graph | None,
    examples: Examples,
    problems: Problems,
) -> None:
    check_optimizer(part, where, problems)
    check_clip(part, where, network, problems)
    check_penalty(part, where, network, problems)
    check_learning_rule(part, where, network, examples.weights is not None, problems)
    batch = part.value.batch
    if part.good("batch") and isinstance(batch, int) and examples.count is not None and batch > examples.count:
        have = "is 1 example" if examples.count == 1 else f"are {plural(examples.count, 'example')}"
        message = f"{described(batch)} is more than there are: there {have}"
        problems.add(f"{where}.batch", message, 'give fewer, or "all"')
    elif part.good("batch") and network is not None and examples.count is not None:
        size = examples.count if batch == "all" else batch
        if size > 1 and (numbers := size * _numbers_of_one(network)) > MAX_AT_ONCE:
            message = f"{plural(size, 'example')} at once make {numbers:,} numbers in one step"
            problems.add(f"{where}.batch", message, f"{MAX_AT_ONCE:,} are the most: give a smaller batch")
    if part.good("frozen") and network is not None:
        for i, name in enumerate(part.value.frozen, 1):
            if not named_indices(name, network):
                remedy = nearest(name, known_names(network))
                problems.add(f"{where}.frozen[{i}]", f"there is no parameter {name}", remedy)
            if len(problems.found) > MOST_SHOWN:
                break


def _check_examples(network: Network | Graph, count: int, problems: Problems) -> None:
    """Notes what is too much for one example, or for what is kept of all of them."""
    if (numbers := _numbers_of_one(network)) > MAX_AT_ONCE:
        message = f"an example makes {numbers:,} numbers in one step"
        part, remedy = ("graph", "smaller values") if isinstance(network, Graph) else ("network", "softmax fewer nodes")
        problems.add(part, message, f"{MAX_AT_ONCE:,} are the most: give {remedy}")
    elif (numbers := count * max(network.shape)) > MAX_NUMBERS:
        message = f"{plural(count, 'example')} make {numbers:,} numbers of a layer"
        problems.add("example", message, f"{MAX_NUMBERS:,} are the most: give fewer")


def _numbers_of_one(network: Network | Graph) -> int:
    """The most numbers that one step handles for one example: a layer's products, or the slopes of softmax."""
    if isinstance(network, Graph):
        return max((numbers_of(node.formula, network.shapes) for node in network.graph_nodes), default=0)
    softmax = (len(layer.nodes) ** 2 for layer in network.layers if layer.joint)
    return max(*softmax, *(n_out * n_in for n_out, n_in in (layer.shape for layer in network.layers)), 0)


def _check_set(
    values: Mapping[str, float], where: str, network: Network | Graph, examples: Examples, problems: Problems
) -> None:
    """Notes what has no value of its own to set."""
    given = (*network.inputs, *(network.targets if examples.targets is not None else ()))
    for name in values:
        node, _, number = name.rpartition("@")
        of_example = node in given and number.isascii() and number.isdigit() and int(number) >= 1
        if of_example and examples.count is not None and int(number) > examples.count:
            remedy = f"the file has {plural(examples.count, 'example')}, counted from 1"
            problems.add(f"{where}.{name}", f"there is no example {number}", remedy)
        elif not of_example and name not in network.parameter_index and name not in given:
            remedy = nearest(name, (*network.parameter_index, *given))
            problems.add(f"{where}.{name}", f"there is no parameter {name} and no input", remedy)
        if len(problems.found) > MOST_SHOWN:
            break


def _check_targets(
    part: VariantPart, where: str, network: Network | Graph, examples: Examples, problems: Problems
) -> None:
    """Notes targets that are set and that the loss does not take."""
    if examples.targets is None or isinstance(network, Graph):
        return
    loss, rows = loss_in(part.loss) if part.loss else network.loss, examples.targets.tolist()
    for name, value in part.set.items():
        node, _, number = name.rpartition("@") if "@" in name else (name, "", "1")
        if node in network.targets and number.isdigit() and 1 <= int(number) <= len(rows):
            rows[int(number) - 1][network.targets.index(node)] = value
    for row in rows:
        if (reason := loss.target_problem(row)) is not None and row not in examples.targets.tolist():
            problems.add(where, *reason)
            return


def check_variant(
    part: VariantPart, raw: Mapping[str, Any], where: str, draft: Draft, examples: Examples, problems: Problems
) -> None:
    """Notes settings of a variant that this scenario cannot have.

    Args:
        part: the variant, well formed by itself.
        raw: the same as it stands in the file.
        where: in the file.
        draft: the network as far as it is known.
        examples: the examples as far as they are known.
        problems: gets what is wrong.
    """
    network = draft.network
    _check(Partial(part, frozenset(), dict(raw)), where, network, examples, problems)
    if isinstance(network, Graph):
        check_graph_training(Partial(part, frozenset(), dict(raw)), where, network, examples.count, problems)
    if network is None:
        return
    _check_set(part.set, f"{where}.set", network, examples, problems)
    _check_targets(part, f"{where}.set", network, examples, problems)
    if part.decimals is not None and part.digits is not None:
        problems.add(f"{where}.digits", "a number is rounded to decimals or to digits", "give one of them")
    if not part.bias and isinstance(network, Graph):
        problems.add(f"{where}.bias", "a graph has no biases", "set its parameters, with set = { … }")
    last = _check_activations(part, f"{where}.activation", network, problems)
    if part.loss is not None and isinstance(network, Graph):
        problems.add(f"{where}.loss", "a graph has no loss: its error is a node", "take it out")
    elif isinstance(network, Network) and last is not None and (part.loss is not None or part.activation):
        loss = network.loss if part.loss is None else loss_in(part.loss)
        reason = loss_problem(loss, last.function_name, joint=last.joint)
        reason = reason or weights_problem(loss, len(network.outputs))
        if reason is None and examples.targets is not None:
            found = map(loss.target_problem, examples.targets.tolist())
            reason = next(filter(None, found), None)
        if reason is not None:
            problems.add(f"{where}.{'loss' if part.loss is not None else 'activation'}", *reason)


def _check_activations(part: VariantPart, where: str, network: Network | Graph, problems: Problems) -> Layer | None:
    """Notes functions that no layer can have; the last layer as it is with them, or None where one is noted."""
    if isinstance(network, Graph):
        if part.activation:
            problems.add(where, "a graph has no layers: its functions stand in its formulas", "take it out")
        return None
    before = len(problems.found)
    for number, one in part.activation.items():
        if not (number.isdecimal() and 1 <= int(number) <= network.depth):
            counted = "there is one, 1" if network.depth == 1 else f"they are counted from 1 to {network.depth}"
            problems.add(f"{where}.{number}", f"there is no layer {number}", f"give the number of a layer: {counted}")
        else:
            check_settings(one, f"{where}.{number}", len(network.layer(int(number)).nodes), problems)
    if len(problems.found) > before:
        return None
    last, other = network.layers[-1], part.activation.get(str(network.depth))
    return last if other is None else replace(last, activation=activation_of(other))
