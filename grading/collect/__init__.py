"""Submissions as learning platforms export them, brought into nbgrader's folders.

nbgrader's own `zip_collect` is not used, because it loses students: one duplicate stops the collection for everybody, a
file whose name does not fit the expression is skipped with exit status 0, "lab (1).ipynb" is collected and then never
graded, times in names are misread, archives are unpacked without bounds, and an archive in an archive makes a student
named ".". Its conventions are: downloaded/ASSIGNMENT/archive/ for what was downloaded, submitted/STUDENT/ASSIGNMENT/
for what is graded, and the form of timestamp.txt.
"""
