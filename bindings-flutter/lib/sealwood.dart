/// An end-to-end encrypted, verifiable file store: a private drive on any bucket, directory or memory.
///
/// Call `Sealwood.init` once, then make or open a `Vault` on a `BlobStore`. Everything that touches the
/// store is a `Future` or a `Stream` and fails with a `SealwoodException`, which has a stable `code`.
/// Every call may run beside every other.
library;

export 'src/batch.dart' show Batch;
export 'src/call.dart' show CancelToken, OnProgress, Progress;
export 'src/entry.dart' show EntryInfo, EntryKind, ListPage, VaultStats;
export 'src/error.dart' show SealwoodException;
export 'src/host_store.dart' show HostStore;
export 'src/input.dart' show Credential, KdfCeiling, KdfConfig, S3Config, VaultConfig;
export 'src/library.dart' show LogLevel, Sealwood;
export 'src/object.dart' show NotDeleted, ObjectMeta, ObjectPage, Precondition, StoredObject;
export 'src/snapshot.dart' show SharedDirectory, Snapshot;
export 'src/store.dart' show BlobStore, checkStore;
export 'src/tree.dart' show Tree;
export 'src/vault.dart' show NewVault, Vault;
