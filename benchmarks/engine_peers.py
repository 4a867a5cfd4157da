"""The engines that bench_engine.py compares, each in a process of its own that is asked for one measurement at a time.

A process of its own, because the threads of one library go on spinning for a while when it has nothing to do,
and would slow down the next one. All run SmolLM2-135M's shape in float32 (llama.cpp: its Q4_1 file); a
measurement returns seconds.
"""

import multiprocessing
import os
import time
import traceback
from multiprocessing.connection import Connection

import numpy as np

NAME = "smollm2-135m-instruct"
SHAPE = {
    "vocab_size": 49_152,
    "hidden_size": 576,
    "intermediate_size": 1_536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "max_position_embeddings": 8_192,
    "tie_word_embeddings": True,
    "rope_theta": 100_000.0,
    "rms_norm_eps": 1e-5,
}


def prompt(length: int) -> list[int]:
    """Random token ids, each time others, so that no cache helps."""
    return np.random.default_rng().integers(10, SHAPE["vocab_size"], length).tolist()


class MiniVllm:
    """Our engine; with random weights if SmolLM2 is not pulled, which takes the same time."""

    def __init__(self) -> None:
        from mini_vllm import LLM, LlamaForCausalLM, ModelConfig
        from mini_vllm.model_loader import is_pulled

        model = NAME if is_pulled(NAME) else LlamaForCausalLM(ModelConfig(**SHAPE))
        self.engine = LLM(model).llm_engine
        # Until a page of memory is first written, the system has not provided it, which can take longer than all else.
        self.engine.model_runner.kv_cache.blocks.fill(0)
        self._matrices: list[np.ndarray] | None = None
        self.prefill(8)

    def prefill(self, length: int) -> float:
        """A prompt, up to the logits of its last position and one token."""
        self._add(1, length, 1)
        return seconds(self.engine.step)

    def decode(self, batch_size: int, context: int, steps: int) -> float:
        """One step of decode, the mean over `steps`."""
        return self._decode(batch_size, context, steps)

    def decode_overhead(self, batch_size: int, context: int, steps: int) -> float:
        """What is not the model in one step of decode: scheduler, block tables, sampler, outputs."""
        model, in_model = self.engine.model, [0.0]
        forward, logits = model.forward, model.compute_logits

        def timed(function):
            def call(*args):
                start = time.perf_counter()
                result = function(*args)
                in_model[0] += time.perf_counter() - start
                return result

            return call

        try:
            self._add(batch_size, context, steps + 1)
            self._prefill_all(batch_size)
            model.forward, model.compute_logits = timed(forward), timed(logits)
            total = seconds(self._finish)
        finally:
            model.forward, model.compute_logits = forward, logits
        return (total - in_model[0]) / steps

    def generate(self, batch_size: int, length: int, new_tokens: int) -> float:
        """Prompts in, all tokens out."""
        self._add(batch_size, length, new_tokens)
        return seconds(self._finish)

    def gemv_ceiling(self, passes: int) -> float:
        """Nothing but every weight once, times a vector, in BLAS: the mean over `passes`."""
        products = [(np.ones((1, weight.shape[0]), np.float32), weight) for weight in self._as_in_out()]
        return seconds(lambda: [vector @ weight for _ in range(passes) for vector, weight in products]) / passes

    def gemv_bandwidth(self, passes: int) -> float:
        """Seconds for each byte of the largest matrix, times a vector."""
        largest = max(self._as_in_out(), key=lambda weight: weight.nbytes)
        vector = np.ones((1, largest.shape[0]), np.float32)
        return seconds(lambda: [vector @ largest for _ in range(passes)]) / (passes * largest.nbytes)

    def weight_bytes(self) -> float:
        return float(sum(weight.nbytes for weight in self.engine.model.weights.values()))

    def _as_in_out(self) -> list[np.ndarray]:
        """All matrices as (in, out), those of one shape in the order in memory in which a gemv over them is faster."""
        if self._matrices is None:
            from mini_vllm.layers.linear import untile

            by_shape: dict[tuple[int, ...], list[np.ndarray]] = {}
            for name, weight in self.engine.model.weights.items():
                if weight.ndim > 1:
                    as_in_out = untile(weight) if weight.ndim == 3 else weight if name.endswith(".T") else weight.T
                    by_shape.setdefault(as_in_out.shape, []).append(as_in_out)
            self._matrices = [weight for group in by_shape.values() for weight in _in_faster_order(group)]
        return self._matrices

    def _add(self, batch_size: int, length: int, new_tokens: int) -> None:
        from mini_vllm import SamplingParams

        params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
        for index in range(batch_size):
            self.engine.add_request(str(index), prompt(length), params)

    def _decode(self, batch_size: int, context: int, steps: int) -> float:
        self._add(batch_size, context, steps + 1)
        self._prefill_all(batch_size)
        return seconds(self._finish) / steps

    def _prefill_all(self, batch_size: int) -> None:
        started = 0
        while started < batch_size:
            started += sum(len(output.outputs[0].token_ids) == 1 for output in self.engine.step())

    def _finish(self) -> None:
        while self.engine.has_unfinished_requests():
            self.engine.step()


def _in_faster_order(matrices: list[np.ndarray]) -> list[np.ndarray]:
    vector = np.ones((1, matrices[0].shape[0]), np.float32)
    as_in_out = [np.ascontiguousarray(matrix) for matrix in matrices]
    as_out_in = [np.ascontiguousarray(matrix.T).T for matrix in matrices]
    orders = (as_in_out, as_out_in)
    return min(orders, key=lambda order: min(seconds(lambda: [vector @ each for each in order]) for _ in range(5)))


class Transformers:
    """Hugging Face transformers on CPU torch, its own loop around `model(...)`, with random weights."""

    def __init__(self) -> None:
        import torch
        import transformers

        torch.set_num_threads(2)
        torch.set_grad_enabled(False)
        self.torch = torch
        self.model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SHAPE)).eval()
        self.prefill(8)

    def prefill(self, length: int) -> float:
        ids = self.torch.tensor([prompt(length)])
        return seconds(lambda: self.model(ids, use_cache=True, logits_to_keep=1).logits.argmax(-1))

    def decode(self, batch_size: int, context: int, steps: int) -> float:
        last, cache = self._start(batch_size, context)
        return seconds(lambda: self._steps(last, cache, steps)) / steps

    def generate(self, batch_size: int, length: int, new_tokens: int) -> float:
        def run() -> None:
            self._steps(*self._start(batch_size, length), new_tokens - 1)

        return seconds(run)

    def _start(self, batch_size: int, length: int):
        ids = self.torch.tensor([prompt(length) for _ in range(batch_size)])
        out = self.model(ids, use_cache=True, logits_to_keep=1)
        return out.logits[:, -1:].argmax(-1), out.past_key_values

    def _steps(self, last, cache, steps: int) -> None:
        for _ in range(steps):
            last = self.model(last, past_key_values=cache, use_cache=True).logits[:, -1:].argmax(-1)


class LlamaCpp:
    """llama.cpp on the Q4_1 file that SmolLM2 was pulled with: a quarter of the bytes for each weight."""

    def __init__(self) -> None:
        import llama_cpp

        from mini_vllm.model_loader.pypi_loader import MODELS, cache_folder

        path = cache_folder() / NAME / os.path.basename(MODELS[NAME].file)
        self.model = llama_cpp.Llama(str(path), n_ctx=4_200, n_batch=512, n_threads=2, n_threads_batch=2, verbose=False)
        self.prefill(8)

    def prefill(self, length: int) -> float:
        self.model.reset()
        ids = prompt(length)
        return seconds(lambda: self.model.eval(ids))

    def decode(self, batch_size: int, context: int, steps: int) -> float:
        if batch_size != 1:
            raise ValueError("only one sequence at a time")
        self.prefill(context)
        return seconds(lambda: [self.model.eval([7]) for _ in range(steps)]) / steps


PEERS = {"mini_vllm": MiniVllm, "transformers": Transformers, "llama.cpp": LlamaCpp}


def seconds(run) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class Peer:
    """A class of PEERS in a process of its own.

    Errors: RuntimeError with what it said, if it cannot start or a measurement fails.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._connection, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(name, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._receive()

    def measure(self, what: str, *args: int) -> float:
        self._connection.send((what, args))
        return self._receive()

    def close(self) -> None:
        self._process.terminate()

    def _receive(self) -> float:
        kind, content = self._connection.recv()
        if kind == "error":
            raise RuntimeError(f"{self.name}: {content}")
        return content


def _serve(name: str, connection: Connection) -> None:
    try:
        peer = PEERS[name]()
        connection.send(("ready", 0.0))
        while True:
            what, args = connection.recv()
            connection.send(("seconds", getattr(peer, what)(*args)))
    except (EOFError, KeyboardInterrupt):
        pass
    except Exception:
        connection.send(("error", traceback.format_exc(limit=1).strip().splitlines()[-1]))
