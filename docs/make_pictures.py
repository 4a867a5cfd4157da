"""Draw the README's plots by running the labs.

Runs the reference notebook and keeps the image of the named cell, so that no picture can show
anything that a student's own plot would not.
"""

import argparse
import base64
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
PICTURES = {  # notebook -> {id of the cell that draws: picture}
    "lab-01-kv-cache-speedup.ipynb": {"plot-work": "kv-cache-speedup.png"},
    # The second one is measured: make it on a machine that does nothing else.
    "lab-04-prefill-vs-decode.ipynb": {"plot-roofline": "roofline.png", "machine": "measured-roofline.png"},
}


def main() -> None:
    """Runs the notebooks, about 15 seconds each, and names what it wrote."""
    example = "Example: .venv/bin/python docs/make_pictures.py"
    argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example).parse_args()
    for name, pictures in PICTURES.items():
        print(f"{name}: running ...", flush=True)
        notebook = nbformat.read(next(ROOT.glob(f"source/*/{name}")), as_version=4)
        NotebookClient(notebook, kernel_name="python3").execute()
        for cell in notebook.cells:
            if cell.id in pictures:
                image = next(
                    output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})
                )
                (ROOT / "docs" / pictures[cell.id]).write_bytes(base64.b64decode(image))
                print(f"  docs/{pictures[cell.id]}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
