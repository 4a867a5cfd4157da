"""A measurement that was recorded on a machine that did nothing else, to compare with one's own."""

from labkit.lab_04.machine import LLAMA, Measured
from mini_vllm.specs import num_parameters

# Read to about 1 percent off the picture measured-roofline.png that this lab drew on 25 November 2026, with the
# same model and the same steps, best of several rounds.
_PEAK, _BANDWIDTH = 207e9, 38.1e9  # FLOP/s of a matrix product, bytes per second of a vector times a large matrix
_FLOPS = {1: 13.3e9, 4: 47.7e9, 16: 95.9e9, 64: 94.9e9, 128: 81.2e9}  # tokens in a step -> FLOP/s of that step

RECORDED = Measured(
    where="recorded, quiet machine",
    n_params=num_parameters(LLAMA),
    peaks=(_PEAK,),
    bandwidths=(_BANDWIDTH,),
    steps={tokens: (2 * num_parameters(LLAMA) * tokens / flops,) for tokens, flops in _FLOPS.items()},
)
