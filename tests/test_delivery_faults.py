"""Every fault that delivery must outlive, and the tests that make it happen.

The numbers are those of the faults that the project was designed against. A row without
a test, or with a test that is not there, fails.
"""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent

ROWS = (*range(1, 38), *range(39, 45), 46, 47, *range(72, 76), 77)

MATRIX: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "429 for one chat",
        ("test_delivery::test_a_refused_chat_waits_and_the_others_do_not",),
    ),
    2: (
        "429 from many chats",
        ("test_delivery::test_refusals_in_several_chats_stop_everything_for_a_while",),
    ),
    3: ("429 without a time", ("test_delivery::test_429_without_a_time_is_no_tight_loop",)),
    4: (
        "429 for a day",
        (
            "test_delivery::test_the_wait_outlives_a_restart",
            "test_alarms::test_the_operator_is_told_of_what_a_person_must_know",
        ),
    ),
    5: (
        "no answer, message stored",
        ("test_delivery::test_the_deadline_is_for_the_whole_call",),
    ),
    6: (
        "no answer, message lost",
        (
            "test_delivery::test_the_deadline_is_for_the_whole_call",
            "test_delivery::test_operator_may_prefer_a_loss_to_a_repeat",
        ),
    ),
    7: (
        "connection refused",
        ("test_delivery::test_telegram_out_of_reach_loses_and_doubles_nothing",),
    ),
    8: ("no free connection", ("test_delivery::test_no_free_connection_is_certainly_not_sent",)),
    9: (
        "connection reset after the request",
        ("test_delivery::test_what_may_have_arrived_is_sent_again_once_and_marked",),
    ),
    10: (
        "answer cut off",
        ("test_delivery::test_what_may_have_arrived_is_sent_again_once_and_marked",),
    ),
    11: (
        "200 with garbage, without a result, with a refusal",
        (
            "test_delivery::test_what_may_have_arrived_is_sent_again_once_and_marked",
            "test_delivery::test_200_with_a_refusal_inside_is_no_crash",
        ),
    ),
    12: (
        "500, 502, 504",
        ("test_delivery::test_what_may_have_arrived_is_sent_again_once_and_marked",),
    ),
    13: ("answer in drips", ("test_delivery::test_the_deadline_is_for_the_whole_call",)),
    14: (
        "entities refused",
        (
            "test_delivery::test_refused_entities_are_left_out_once",
            "test_alarms::test_the_operator_is_told_of_what_a_person_must_know",
        ),
    ),
    15: (
        "too long",
        ("test_hostile_titles::test_no_title_makes_an_invalid_message_or_a_link",),
    ),
    16: (
        "unknown 400",
        (
            "test_delivery::test_a_refusal_is_not_repeated",
            "test_alarms::test_the_operator_is_told_of_what_a_person_must_know",
        ),
    ),
    17: (
        "blocked, kicked, deactivated",
        ("test_delivery::test_a_chat_that_is_gone_is_closed_with_all_it_awaited",),
    ),
    18: ("unblocked", ("test_commands_subscribing::test_a_person_blocks_and_unblocks",)),
    19: (
        "migrated in the middle of a fan-out",
        ("test_delivery::test_a_group_that_became_a_supergroup_gets_it_there",),
    ),
    20: (
        "migrated to a chat that is known",
        (
            "test_delivery::test_migration_to_a_known_chat_doubles_nothing",
            "test_topics::test_a_group_moves_with_all_its_topics_and_doubles_nothing",
        ),
    ),
    21: (
        "topic closed or gone",
        (
            "test_topics::test_a_closed_topic_pauses_its_subscription_and_no_other",
            "test_topics::test_a_deleted_topic_may_be_left_for_general",
        ),
    ),
    22: ("edit not modified", ("test_delivery::test_unmodified_is_success",)),
    23: (
        "message to edit gone",
        ("test_delivery::test_a_correction_reaches_a_chat_whose_owner_deleted_the_alert",),
    ),
    24: (
        "two pollers",
        (
            "test_bot_polling::test_a_second_poller_stops_the_sending_and_then_this_program",
            "test_delivery::test_another_copy_of_the_bot_stops_sending_for_good",
        ),
    ),
    25: (
        "two processes, one database",
        (
            "test_senders::test_each_row_goes_once_and_no_second_sees_more_than_one_sender_may",
            "test_senders::test_one_process_polls_and_the_other_takes_over",
            "test_senders::test_a_dead_senders_rows_are_taken_over_once_its_lease_is_over",
        ),
    ),
    26: (
        "401 at run time",
        (
            "test_bot_polling::test_a_refused_token_stops_the_sending_until_it_holds_again",
            "test_delivery::test_run_asks_again_whether_the_token_holds",
        ),
    ),
    27: ("Telegram away at the start", ("test_lifecycle::test_telegram_is_away_at_the_start",)),
    28: ("a poll that hangs", ("test_lifecycle::test_a_poll_that_never_ends_is_made_anew",)),
    29: (
        "killed at a named point",
        (
            "test_crashes::test_no_crash_loses_or_doubles_anything",
            "test_end_to_end::test_a_kill_between_two_stages_loses_and_repeats_nothing",
        ),
    ),
    30: (
        "killed at random",
        ("test_crashes::test_no_kill_of_a_real_process_loses_or_doubles_anything",),
    ),
    31: (
        "a stop while something hangs",
        (
            "test_stopping::test_a_stop_while_everything_hangs",
            "test_stopping::test_a_loop_that_is_held_up_is_ended_by_force",
        ),
    ),
    32: ("two signals", ("test_stopping::test_a_stop_while_everything_hangs",)),
    33: (
        "an update twice",
        (
            "test_commands_rights::test_an_update_that_comes_twice_is_handled_once",
            "test_end_to_end::test_updates_come_in_by_webhook_and_health_is_served",
        ),
    ),
    34: ("edited command", ("test_commands_rights::test_an_edited_command_is_ignored",)),
    35: (
        "a flood of commands",
        (
            "test_lifecycle::test_a_flood_of_commands_does_not_delay_an_alert",
            "test_pacing::test_answers_leave_room_for_alerts",
        ),
    ),
    36: (
        "forged, stale and foreign buttons",
        (
            "test_commands_rights::test_a_forged_button_is_answered_kindly",
            "test_commands_rights::test_a_stale_button_is_answered_kindly",
            "test_commands_rights::test_a_button_is_for_who_asked_for_it",
        ),
    ),
    37: (
        "settings by who may not",
        (
            "test_commands_rights::test_in_a_group_only_an_admin_changes_anything",
            "test_commands_rights::test_who_writes_as_somebody_else",
            "test_commands_rights::test_what_telegram_does_not_tell_is_refused",
        ),
    ),
    39: ("database locked", ("test_engine::test_another_process_holds_the_lock",)),
    40: (
        "disk full",
        ("test_engine::test_a_full_disk", "test_nth_call::test_a_sample_of_the_calls_may_fail"),
    ),
    41: ("the N-th call of the store", ("test_nth_call::test_every_call_may_fail",)),
    42: (
        "database damaged, older, newer",
        (
            "test_engine::test_flipped_bytes",
            "test_engine::test_a_newer_database_is_refused",
            "test_engine::test_without_a_database_who_may_not_migrate_is_told",
            "test_migrations::test_what_waited_before_there_were_topics_still_waits",
        ),
    ),
    43: ("connection lost at COMMIT", ("test_nth_call::test_the_answer_to_a_commit_is_lost",)),
    44: (
        "the clock steps",
        (
            "test_clock_steps::test_what_waits_goes_within_a_round",
            "test_clock_steps::test_a_call_under_way_is_neither_given_up_nor_made_again",
            "test_schedule::test_every_job_runs_at_once_and_again_when_the_clock_stepped",
        ),
    ),
    46: (
        "the loop is held up",
        (
            "test_schedule::test_a_held_up_loop_is_measured",
            "test_schedule::test_a_trigger_knows_only_the_next_run",
        ),
    ),
    47: (
        "a job raises or hangs",
        (
            "test_schedule::test_an_error_is_logged_and_stays_inside",
            "test_schedule::test_a_hung_run_is_given_up_at_its_deadline",
        ),
    ),
    72: ("the token in an artefact", ("test_lifecycle::test_the_token_is_in_no_artefact",)),
    73: (
        "a wrong setting",
        (
            "test_settings::test_a_wrong_setting_is_named_with_what_to_do",
            "test_settings::test_the_token_stands_in_no_error",
        ),
    ),
    74: (
        "forgotten while a message is under way",
        ("test_forgetting::test_a_call_under_way_is_waited_for",),
    ),
    75: (
        "the program is dead, hung or stuck",
        (
            "test_vitals::test_an_alerts_way_shows_in_the_figures_of_the_running_program",
            "test_vitals::test_the_heart_beats_each_minute_while_all_is_well",
            "test_vitals::test_a_sender_or_an_asker_that_is_stuck_makes_the_bot_unwell",
        ),
    ),
    77: ("no more files", ("test_lifecycle::test_no_more_files_can_be_opened_for_a_while",)),
}


def test_every_row_is_there() -> None:
    assert sorted(MATRIX) == sorted(ROWS)


@pytest.mark.parametrize("row", MATRIX)
def test_a_row_has_its_tests(row: int) -> None:
    fault, tests = MATRIX[row]
    assert fault
    assert tests
    for test in tests:
        module, _, name = test.partition("::")
        assert name in _tests_of(module), f"row {row} ({fault}): {test} is not there"


def _tests_of(module: str) -> set[str]:
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    found = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, found)}
