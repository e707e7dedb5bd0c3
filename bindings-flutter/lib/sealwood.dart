/// An end-to-end encrypted, verifiable file store: a private drive on any bucket, directory or memory. And the embedded
/// key-value store below it, an `Engine`, with hashes of rows that prove that two states are the same.
///
/// Call `Sealwood.init` once, then make or open a `Vault` on a `BlobStore`. Everything that touches the
/// store is a `Future` or a `Stream` and fails with a `SealwoodException`, which has a stable `code`.
/// Every call may run beside every other.
library;

export 'src/batch.dart' show Batch;
export 'src/call.dart' show CancelToken, OnProgress, Progress;
export 'src/engine/batch.dart' show EngineBatch;
export 'src/engine/config.dart' show EngineAccess, EngineBackground, EngineConfig, EngineRecovery;
export 'src/engine/engine.dart' show Engine;
export 'src/engine/hash.dart' show Domain, LtHash, bucketOf;
export 'src/engine/health.dart' show EngineStats, Finding, FindingKind, Vacuum, Verified;
export 'src/engine/iteration.dart' show EngineStream;
export 'src/engine/namespace.dart' show Namespace;
export 'src/engine/partition.dart' show Detail, Partition, PartitionState;
export 'src/engine/partitions.dart' show Difference, DifferencePlace, PartitionedLtHash, RowChange;
export 'src/engine/snapshot.dart' show EngineSnapshot, NamespaceSnapshot;
export 'src/engine/state.dart'
    show
        Compared,
        ComparedEngines,
        NamespaceDifference,
        NamespaceDifferenceKind,
        RowDifference,
        RowDifferenceKind,
        StateDifference,
        TrackedState,
        Tracking,
        VerifiedNamespace,
        VerifiedState,
        VerifiedStates;
export 'src/engine/values.dart'
    show EngineValue, KeyInfo, ScanEntry, ScanKey, WatchEvent, WatchEventKind;
export 'src/engine/write.dart' show Durability, KeyPrecondition, ScanOrder;
export 'src/entry.dart' show EntryInfo, EntryKind, ListPage, VaultStats;
export 'src/error.dart' show SealwoodException;
export 'src/host_store.dart' show HostStore;
export 'src/input.dart' show Convergence, Credential, KdfCeiling, KdfConfig, S3Config, VaultConfig;
export 'src/library.dart' show LogLevel, Sealwood;
export 'src/object.dart' show NotDeleted, ObjectMeta, ObjectPage, Precondition, StoredObject;
export 'src/snapshot.dart' show SharedDirectory, Snapshot;
export 'src/store.dart' show BlobStore, checkStore;
export 'src/tree.dart' show Tree;
export 'src/vault.dart' show NewVault, Vault;
