"""The wheel, for all tests here that install it."""

from pathlib import Path

import pytest
from built_wheel import build_wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))
