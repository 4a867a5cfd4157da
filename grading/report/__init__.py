"""A page about a graded class, for its instructor.

command     python -m grading report
facts       what the page says, as data
gather      gathers it from the gradebook and the graded notebooks
handed_in   where submissions lie, also those that cannot be graded where they are
exercises   which answers a test is about
ungraded    why a submission is not graded
causes      why an answer lost its points, from the messages of its tests
words       which words of a message are the course's own, for a page without names
pictures    histograms, and time of submission against points, as SVG
page        the HTML
"""
