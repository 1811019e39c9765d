"""Numbers for JSON, which knows none that are not finite."""

import json
import math
from typing import Any


def finite(value: Any) -> Any:
    """The same with every number that is not finite as the string `inf`, `-inf` or `nan`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def text_of(value: Any) -> str:
    """JSON in one line; what is not finite is looked for only where there is such a number."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(finite(value), ensure_ascii=False)
