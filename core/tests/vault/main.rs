//! What a vault promises to those who use it, whatever stores and other sessions do. Each file is
//! named after its promise.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "passphrase")]
mod a_store_can_do_this_unnoticed;
mod changes_keep_to_their_budget;
mod concurrent_clients_lose_nothing;
mod contents_keep_to_their_memory;
#[cfg(feature = "engine")]
mod damage_is_told_by_name;
#[cfg(all(feature = "engine", feature = "s3"))]
mod errors_have_sources;
mod everyone_gets_a_turn;
#[cfg(feature = "engine")]
mod failed_puts_leave_nothing;
mod failures_leave_before_or_after;
#[cfg(feature = "engine")]
mod full_stores_take_removals;
#[cfg(feature = "internals")]
mod holders_of_links_cannot_forge;
mod late_commits_are_made_once;
mod lost_answers_are_resolved;
mod readers_go_on_beside_a_flush;
mod reads_keep_to_their_budget;
mod residence_does_not_show;
mod roots_arrive_intact;
mod shared_directories_stay_shared;
#[cfg(all(feature = "passphrase", feature = "phrase"))]
mod slots_are_changed;
mod stores_without_conditions_are_refused;
#[cfg(feature = "engine")]
mod taken_names_are_compared;
mod unchanged_contents_are_not_sent;
mod unpolled_calls_hold_nobody_up;
#[cfg(all(feature = "passphrase", feature = "phrase"))]
mod vault_files;
#[cfg(all(feature = "passphrase", feature = "phrase"))]
mod words_come_before_the_first_byte;
mod wrong_clocks_touch_their_own_entries;
