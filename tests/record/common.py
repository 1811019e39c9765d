"""What the recording scripts have in common; it runs with every Python that a package needs."""

import json
from pathlib import Path

HERE = Path(__file__).parent
GIVEN = json.loads((HERE / "gradients.json").read_text())


def write(framework, versions, runs):
    """Keeps what a package gave: of each run the rule, our settings beside `as`, the rate if given, w after a step."""
    record = {"framework": framework, "versions": versions, "runs": runs}
    text = json.dumps(record, indent=1)
    (HERE / (framework + ".json")).write_text(text + "\n")
    print(framework, versions, len(runs), "runs")
