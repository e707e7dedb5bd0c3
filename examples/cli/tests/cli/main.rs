//! The program as a user runs it: arguments and files in; output, files and exit codes out.

#![allow(clippy::unwrap_used)]

mod bucket;
mod drive;
mod engine;
#[cfg(target_os = "linux")]
mod terminal;

mod a_get_replaces_files_alone;
mod a_get_that_fails_leaves_what_was;
#[cfg(target_os = "linux")]
mod a_prompt_leaves_the_terminal_as_it_was;
mod a_put_over_a_put_ends;
mod a_put_sends_nothing_twice;
mod a_signal_ends_a_read;
mod a_vault_has_a_folder_of_its_own;
mod addresses_say_what_they_are;
mod damage_is_reported;
mod demo_verifies_every_byte;
mod engines_are_compared;
mod engines_are_read_by_many_and_changed_by_one;
mod engines_give_back_what_was_put;
mod engines_pass_large_values_in_little_memory;
mod engines_say_what_is_damaged_and_give_out_the_rest;
mod exit_codes_tell_what_failed;
mod files_come_back_as_they_were;
mod files_that_change_are_not_torn;
mod interruption_leaves_the_vault_whole;
mod json_is_one_object_a_line;
mod local_files_are_private;
mod moving_and_removing;
mod names_show_what_they_are;
mod names_that_a_folder_takes_for_one_are_told;
mod names_that_are_taken;
mod names_that_become_one_are_told;
mod nothing_is_written_outside_the_target;
mod one_program_at_a_time;
mod passphrases_can_be_typed;
mod read_only_media_are_read;
#[cfg(target_os = "linux")]
mod readmes_run_as_written;
mod salvage_gives_out_what_is_whole;
mod secrets_never_come_from_arguments;
mod sources_are_kept_apart;
mod sources_are_read_or_refused;
mod streams_that_fail_end_no_work;
mod ten_thousand_files;
mod times_before_1970_and_wrong_clocks;
mod what_a_bucket_answers_is_told;
mod words_come_before_the_vault;
