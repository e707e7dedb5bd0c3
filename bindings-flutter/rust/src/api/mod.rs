//! What Dart calls.

pub mod answer;
pub mod batch;
pub mod call;
pub mod engine;
pub mod entry;
pub mod error;
pub mod input;
pub mod library;
pub mod new_vault;
pub mod object;
pub mod store;
pub mod stream;
pub mod tree;
pub mod vault;
