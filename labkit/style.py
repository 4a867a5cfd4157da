"""How every plot of the course looks: on an opaque white ground, readable in JupyterLab's light and dark theme."""

from typing import Any

RED, BLUE, GREY, LIGHT = "#b2182b", "#2166ac", "#555555", "#cccccc"  # told apart by the colour-blind, and in print
WIDTH = 8.0  # inches; what fits beside JupyterLab's open side bar at 1280 px


def pyplot() -> Any:
    """matplotlib.pyplot with the course's defaults. Loading it takes a second, so that is left to the first plot."""
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 12, "figure.facecolor": "white", "savefig.facecolor": "white"})
    return plt


def show(alt: str) -> None:
    """Show the current figure, then the sentence that says in words what it shows."""
    import matplotlib.pyplot as plt

    plt.show()
    plt.close("all")
    print(f"In words: {alt}")
