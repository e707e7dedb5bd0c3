//! What a device remembers of a vault, and what becomes of it when stores fail and processes die.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod acknowledged_news_stay;
mod damage_is_not_a_first_contact;
mod fixture;
mod news_come_in_any_order;
mod pairings_tell_older_roots;
mod processes_lose_nothing;
mod requests_that_fail_leave_old_or_new;
