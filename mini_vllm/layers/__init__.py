"""The parts that a decoder layer is made of: each one file, each a plain function on arrays."""
