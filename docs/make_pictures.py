"""Makes the pictures of the README out of the labs themselves.

Runs the reference notebook and keeps the image of the named cell, so that no picture can show
anything that a student's own plot would not.
"""

import argparse
import base64
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
PICTURES = {  # picture -> (notebook, id of the cell that draws it)
    "kv-cache-speedup.png": ("phase-00-foundations/lab-01-kv-cache-speedup.ipynb", "plot-work"),
    "roofline.png": ("phase-00-foundations/lab-04-prefill-vs-decode.ipynb", "plot-roofline"),
}


def main() -> None:
    """Runs the two notebooks, about 15 seconds each, and names what it wrote."""
    example = "Example: .venv/bin/python docs/make_pictures.py"
    argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example).parse_args()
    for name, (inside_source, cell_id) in PICTURES.items():
        print(f"docs/{name}: running {inside_source} ...", flush=True)
        notebook = nbformat.read(ROOT / "source" / inside_source, as_version=4)
        NotebookClient(notebook, kernel_name="python3").execute()
        cell = next(cell for cell in notebook.cells if cell.id == cell_id)
        image = next(output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {}))
        (ROOT / "docs" / name).write_bytes(base64.b64decode(image))


if __name__ == "__main__":
    main()
