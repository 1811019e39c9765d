"""The `clip` of a `[training]`."""

from engine.files.model import TrainingPart, VariantPart
from engine.files.parts import Partial
from engine.files.problems import Problems
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.scenario import Training


def check_clip(
    part: Partial[TrainingPart] | Partial[VariantPart],
    where: str,
    network: Network | Graph | None,
    problems: Problems,
) -> None:
    """Notes a bound that is no one bound, or a norm over what is not there."""
    clip, where = part.value.clip, f"{where}.clip"
    if clip is None or not part.good("clip"):
        return
    if (clip.norm is None) == (clip.value is None):
        message = "it has no bound" if clip.norm is None else "it has two bounds, and each by itself clips"
        problems.add(where, message, "give one of norm and value")
        return
    for key, given in (("over", clip.over != "all"), ("epsilon", clip.epsilon > 0)):
        if clip.norm is None and given:
            problems.add(f"{where}.{key}", f"{key} is of a norm", "give norm, or take it out")
    if isinstance(network, Graph) and clip.over == "layer":
        problems.add(f"{where}.over", "a graph has no layers", 'give "all" or "parameter"')


def check_known(training: Training, network: Network | Graph | None, where: str, problems: Problems) -> None:
    """Notes a norm that is not known yet where it is needed."""
    clip = training.clip
    if clip is None or clip.norm is None or not isinstance(network, Network):
        return
    if training.immediate and clip.over == "all" and network.depth > 1:
        message = "with immediate updates the norm over all is not known when the last layer is updated"
        problems.add(f"{where}.clip.over", message, 'give "layer" or "parameter"')
