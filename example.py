"""Generate text with the small model that comes with mini_vllm:  python example.py"""

from mini_vllm import LLM, SamplingParams

llm = LLM()
prompts = ["Once upon a time", "By the river, there lived a", "One morning, Adam found"]
sampling_params = SamplingParams(temperature=0.6, top_p=0.9, max_tokens=48, seed=3)

for output in llm.generate(prompts, sampling_params):
    print(f"{output.prompt!r} -> {output.outputs[0].text!r}")
