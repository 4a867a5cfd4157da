"""The steps of the sampler: each a plain function on one row of logits.

One row at a time, because a row then never depends on its batch (a sum over rows of another shape may
round otherwise), and because a row fits the processor's cache where a batch does not.
"""
