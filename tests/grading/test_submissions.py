"""What each student of submissions.py gets: points as (double, of 2; ratio, of 3)."""

from register import CLASS

FAILED_ALONE = ("not_json", "renamed")


def test_the_reference_gets_full_points(graded):
    assert graded.points["reference"] == {"test_double": 2, "test_ratio": 3, "test_triple": 1}


def test_an_untouched_notebook_gets_nothing(graded):
    assert graded.lab("untouched") == (0, 0)


def test_an_empty_notebook_gets_nothing(graded):
    assert graded.lab("empty") == (0, 0)


def test_a_missing_notebook_gets_nothing_and_costs_no_points_elsewhere(graded):
    assert graded.points["skip_tags"]["test_triple"] == 0


# --- one submission never stops the class ---


def test_every_other_student_is_graded_in_the_same_run(graded):
    ungraded = {student for student in CLASS if None in graded.points.get(student, {"all": None}).values()}
    assert ungraded == set(FAILED_ALONE)


# --- tests tampered with ---


def test_skip_tags_earn_nothing_and_cost_nothing(graded):
    assert graded.lab("skip_tags") == (0, 3)


def test_deleted_tests_and_read_only_cells_are_restored(graded):
    assert graded.lab("deleted_locked_cells") == (0, 3)


def test_an_answer_in_the_students_own_cell_counts_and_a_deleted_one_costs_its_own_points(graded):
    assert graded.lab("answer_in_own_cell") == (0, 3)


def test_a_test_whose_flags_points_and_code_were_changed_is_changed_back(graded):
    assert graded.lab("rewritten_tests")[0] == 0


def test_a_test_turned_into_text_is_run_all_the_same(graded):
    assert graded.lab("rewritten_tests")[1] == 0


# --- metadata nbgrader can't read ---


def test_duplicated_tests_earn_what_their_answers_earned(graded):
    assert graded.lab("duplicated_tests") == (2, 0)


def test_another_schema_version_and_an_unknown_kernel_cost_nothing(graded):
    assert graded.lab("from_elsewhere") == (2, 3)


def test_malformed_metadata_costs_nothing(graded):
    assert graded.lab("malformed_metadata") == (2, 3)


def test_missing_keys_cost_nothing(graded):
    assert graded.lab("missing_keys") == (2, 3)


def test_of_duplicated_answers_the_last_counts(graded):
    assert graded.lab("added_cells") == (2, 3)


def test_a_made_up_test_is_no_test(graded):
    assert graded.points["added_cells"].keys() == graded.points["reference"].keys()


# --- noise, and answers that end the run ---


def test_right_answers_that_warn_and_log_keep_their_points(graded):
    assert graded.lab("noisy") == (2, 3)


def test_a_test_left_by_sys_exit_has_not_passed(graded):
    assert graded.lab("leaves") == (0, 3)


def test_an_answer_that_ends_its_process_costs_its_own_points_only(graded):
    assert graded.lab("kills_kernel") == (0, 3)
