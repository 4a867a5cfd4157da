"""What the instructor runs beyond stock nbgrader. Labs and the engine know nothing of it.

``grading.sanitize``: steps that nbgrader_config.py adds to nbgrader's own.
``grading.release``: makes release/ from source/, and checks that the two are in step.
"""
