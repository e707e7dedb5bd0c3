//! The ordered index: an adaptive radix tree with buckets for leaves.
