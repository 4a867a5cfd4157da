"""What the instructor runs beyond stock nbgrader. Labs and the engine know nothing of it."""
