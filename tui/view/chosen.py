"""What a person has chosen to see on the screen of a walk, for as long as that is open; settings outlast it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from engine.program.graph import Graph
from engine.program.network import Network

if TYPE_CHECKING:
    from tui.view.signs import Own


class MapChoice(Struct, frozen=True):
    """How a map is seen.

    Attributes:
        over: the two inputs that it is over, the first across; None for the first two.
        at: where its cursor stands, in numbers of the data; None for the example that is shown.
    """

    over: tuple[str, str] | None = None
    at: tuple[float, float] | None = None


class Chosen(Struct):
    """The choices: the one place where they are.

    Attributes:
        selected: the node or parameter that was chosen, if one was.
        example: which example of the file is shown, from 0; None for the first of whatever batch it is.
        large: which panel has the whole screen, if one has.
        logarithmic: whether the chart's axis is.
        accuracy: whether the chart shows how many classes are right, and not the errors.
        matrices: whether calculations are shown as matrices where they have that form.
        lecturing: whether the walk goes from note to note, with few and large panels.
        note_closed: whether this place's note has made way for the calculation.
        note_page: which page of it is read, from 0.
        own: somebody's own numbers, which are shown beside ours.
        map: how the map over two inputs is seen; None while it is put away.
        compared: the branch whose errors are drawn beside those of the walk: the one left last, or a chosen one.
    """

    selected: str | None = None
    example: int | None = None
    large: str | None = None
    logarithmic: bool = False
    accuracy: bool = False
    matrices: bool = False
    lecturing: bool = False
    note_closed: bool = False
    note_page: int = 0
    compared: int | None = None
    own: "Own | None" = None
    map: MapChoice | None = None

    def lasting(self, network: Network | Graph) -> "Chosen":
        """What of it holds on another walk, of this network: axis, form of calculation, a name that it has."""
        known = self.selected in network.node_index or self.selected in network.parameter_index
        return Chosen(self.selected if known else None, logarithmic=self.logarithmic, matrices=self.matrices)
