"""A learning platform's own file, filled with the grades.

Canvas reads its own gradebook export back. Moodle reads its grading worksheet back; there "Last modified (grade)" must
stay as it was downloaded, because Moodle skips a row whose grade was changed after that time.
"""
