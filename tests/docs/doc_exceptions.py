"""What the pages tell you to type and no test here does, with the reason; everything else is executed."""

import signal

# Command, without its remark -> why not.
NOT_EXECUTED = {
    "make test": "it is what runs this test",
    "make test-all": "it is what runs this test",
    "make demo": "tests/grading/test_demo.py runs it, and it takes a minute",
    ".venv/bin/pip install -e '.[models]'": "it changes the environment that the tests run in",
    ".venv/bin/pip install -e '.[cluster]'": "it changes the environment that the tests run in",
    ".venv/bin/pip install -e '.[postgresql]'": "it changes the environment that the tests run in",
    ".venv/bin/pip install -e '.[dev]'": "it changes the environment that the tests run in",
    ".venv/bin/pre-commit install": "it needs the extra `dev`, which the tests do without",
    ".venv/bin/dask scheduler": "tests/grading/test_autograde_cluster.py grades on a cluster",
    ".venv/bin/dask worker tcp://10.0.0.5:8786": "tests/grading/test_autograde_cluster.py grades on a cluster",
    ".venv/bin/python -m grading autograde phase-00-foundations --scheduler tcp://10.0.0.5:8786": (
        "tests/grading/test_autograde_cluster.py grades on a cluster"
    ),
    ".venv/bin/python -m grading autograde phase-00-foundations --db postgresql://grader@db.example.org/gradebook": (
        "tests/grading/test_autograde_postgresql.py grades into one"
    ),
    ".venv/bin/python -m mini_vllm pull smollm2-135m-instruct": "93 MB; test_model_loader_wheel.py loads one",
    ".venv/bin/pip install -e '.[serve]'": "it changes the environment that the tests run in",
    ".venv/bin/python -m mini_vllm serve --port 8000": "test_serve_command.py starts it",
    ".venv/bin/python -m mini_vllm serve smollm2-135m-instruct --port 8000": "it needs the model; see the line above",
    """curl http://127.0.0.1:8000/v1/completions -H 'Content-Type: application/json' """
    """-d '{"prompt": "Once upon a time", "max_tokens": 40}'""": "test_serve_pages.py executes it",
    ".venv/bin/python -m mini_vllm bench --model smollm2-135m-instruct": "it needs those; test_cli.py runs bench",
}

# Served until somebody stops them: started, asked for their page, stopped with Ctrl-C.
SERVERS = ("make lab", "make lab FOR=instructor")

# Commands that do not end with status 0.
STATUS = {
    # make itself ends by the signal, as every make does; the server's own status is held by tests/scripts/test_lab.py.
    "make lab": -signal.SIGINT,
    "make lab FOR=instructor": -signal.SIGINT,
    # An untouched notebook fails.
    ".venv/bin/python -m pytest work/phase-00-foundations/lab-01-kv-cache-speedup.ipynb -q": 1,
    "LAB_IMPL=starter .venv/bin/python -m pytest source/phase-00-foundations/lab-01-kv-cache-speedup.ipynb -q": 1,
    "LAB_IMPL=starter .venv/bin/python -m pytest source/phase-02-serving/lab-09-batching.ipynb -q": 1,
    # What the author has still to write.
    ".venv/bin/python -m pytest tests/labs/test_every_lab.py tests/labs/test_page.py -q -k lab-09": 1,
}

# Blocks of Python that are executed elsewhere, by their first line.
PYTHON_ELSEWHERE = {
    "from mini_vllm import LLM, SamplingParams": "tests/test_readme.py runs it",
    "from openai import OpenAI": "tests/mini_vllm/test_serve_pages.py runs it",
    "# 4 points": "tests/docs/test_lab_author.py runs it",
    "# labkit/lab_09/__init__.py": "tests/docs/test_lab_author.py runs it",
}
