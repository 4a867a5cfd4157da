"""What a cell shows, as nbformat has it."""

import re
from typing import Any

from grading.sandbox import Limits
from grading.wire import messages


def shown(output: Any, limits: Limits) -> dict:
    """What a student's cell has shown: plain text, a picture, an error."""
    if isinstance(output, messages.Text):
        return {"output_type": "stream", "name": "stdout", "text": output.text[: limits.output_chars + 100]}
    if isinstance(output, messages.Display):
        data = {"text/plain": output.text} if output.text else {}
        if output.png and re.fullmatch(r"[A-Za-z0-9+/=\n]+", output.png):
            data["image/png"] = output.png
        return {"output_type": "display_data", "data": data, "metadata": {}}
    lines = [line[: limits.output_chars] for line in output.traceback[:50]]
    name, text = (part[: limits.output_chars] for part in (output.name, output.text))
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}


def error_output(name: str, text: str, where: list[str] | None = None) -> dict:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [*(where or []), f"{name}: {text}"],
    }
