//! Separated values: files named by what they hold.
