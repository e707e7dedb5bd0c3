//! The contract of [`BlobStore`](super::BlobStore) as a suite any implementation can run.
