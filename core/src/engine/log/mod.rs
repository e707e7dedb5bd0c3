//! The log: checksummed records in segments; the log is the truth.
