"""Prepares a notebook: the first cell of every lab calls `start`."""

from typing import Any

from labkit import advice


class TooOld(ImportError):
    """This labkit is older than the notebook; IPython shows the message alone."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def start(lab: str, needs: str = "1.0") -> None:
    """Set up messages, and check that this labkit is new enough for the notebook.

    lab: the notebook's number, "01". needs: the oldest version of labkit that it works with.

    Raises:
        TooOld: labkit is older; the message says what to do.
    """
    from labkit import __version__

    if _parts(__version__) < _parts(needs):
        raise TooOld(
            f"This notebook needs labkit {needs} or newer, and {__version__} is installed.\n"
            "Next step: get the course's newest files (git pull, or the zip again), then run `make lab`."
        )
    shell = _shell()
    if shell is not None:
        advice.show_next_steps(shell)
    print(f"Lab {lab} is ready.")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext labkit`: next steps from the first cell on, also before `start` has run."""
    advice.show_next_steps(shell)


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
