"""What authors of labs use: `python -m grading release` and `new-lab`, with the templates of a lab."""
