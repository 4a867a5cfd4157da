"""How much one submission may use."""

import json
from dataclasses import asdict, dataclass, fields

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The means of one submission.

    Errors: ValueError, naming the field and its value, for what is no number above 0.
    """

    cell_seconds: float = 30  # one cell of the student's on the clock, or all calls of one test cell
    grace_seconds: float = 5  # how much longer what is told to end may take, before it is ended from outside
    notebook_seconds: float = 300  # all of a notebook
    memory_bytes: int = 4096 * MIB  # addresses of one process; numpy reserves more than it uses
    total_memory_bytes: int = 4096 * MIB  # in use by all its processes together
    processes: int = 256  # one is kept for each test of all notebooks
    open_files: int = 256
    scratch_bytes: int = 64 * MIB  # the files that it may write, in memory
    output_chars: int = 20_000  # of a cell; what is over is cut, with a mark
    picture_chars: int = 2 * MIB  # of one picture, in base64
    message_bytes: int = 16 * MIB  # of one answer to the judge
    submission_bytes: int = 32 * MIB  # of the submission's files, all together

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise ValueError(f"{field.name}={value!r} must be a number above 0.")

    def for_process(self, code: str, uid: int | None, modules: tuple[str, ...]) -> str:
        """What the server inside is started with, in JSON.

        code: the folder that holds `grading` there. uid: the user to become; None: stay who you are.
        modules: what to load before any code of the student's runs.
        """
        return json.dumps({**asdict(self), "code": code, "uid": uid, "modules": modules})
