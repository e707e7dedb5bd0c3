extension SealwoodError {
    /// A code, the same in every language and stable from release to release.
    ///
    /// A later release may know more codes than these.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// The code as it is written in every language, such as `not-found`.
        public let rawValue: String

        /// The code that is written `rawValue`.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

extension SealwoodError.Code {
    /// Two separators in a row.
    public static let pathEmptySegment = Self(rawValue: "path-empty-segment")
    /// A segment is `.` or `..`.
    public static let pathDotSegment = Self(rawValue: "path-dot-segment")
    /// A NUL character in a path.
    public static let pathNul = Self(rawValue: "path-nul")
    /// A `/` inside a name.
    public static let pathSeparator = Self(rawValue: "path-separator")
    /// A name of more than 255 bytes.
    public static let pathNameTooLong = Self(rawValue: "path-name-too-long")
    /// A path to create, change or remove of more than 4,096 bytes.
    public static let pathTooLong = Self(rawValue: "path-too-long")
    /// Bytes of a path that are not UTF-8.
    public static let pathNotUtf8 = Self(rawValue: "path-not-utf8")
    /// Stored bytes of a path that are not in canonical form.
    public static let pathNotCanonical = Self(rawValue: "path-not-canonical")
    /// The top directory, where a path below it is needed.
    public static let pathTop = Self(rawValue: "path-top")
    /// No entry at the path.
    public static let notFound = Self(rawValue: "not-found")
    /// An entry is in the way.
    public static let alreadyExists = Self(rawValue: "already-exists")
    /// A directory is needed and a file is there.
    public static let notADirectory = Self(rawValue: "not-a-directory")
    /// A file is needed and a directory is there.
    public static let isADirectory = Self(rawValue: "is-a-directory")
    /// `remove` of a directory with entries.
    public static let directoryNotEmpty = Self(rawValue: "directory-not-empty")
    /// A directory moved or copied into itself.
    public static let intoItself = Self(rawValue: "into-itself")
    /// A range ends past the end of the content.
    public static let rangePastEnd = Self(rawValue: "range-past-end")
    /// An argument is outside its documented limits or of a wrong type.
    public static let invalidArgument = Self(rawValue: "invalid-argument")
    /// The secret or the recovery words open no slot of this vault.
    public static let wrongKey = Self(rawValue: "wrong-key")
    /// The passphrase opens no slot of this vault.
    public static let wrongPassphrase = Self(rawValue: "wrong-passphrase")
    /// The passphrase asks for more memory or work than ``VaultConfig/kdfCeiling`` allows.
    public static let passphraseTooCostly = Self(rawValue: "passphrase-too-costly")
    /// The words are not a recovery phrase.
    public static let invalidPhrase = Self(rawValue: "invalid-phrase")
    /// The vault has no such slot.
    public static let slotNotFound = Self(rawValue: "slot-not-found")
    /// The last slot of a vault cannot be removed.
    public static let lastSlot = Self(rawValue: "last-slot")
    /// The slot that opened this session is none of the vault's any more.
    public static let shutOut = Self(rawValue: "shut-out")
    /// The text is no link: it was mistyped or cut off, or is something else.
    public static let invalidLink = Self(rawValue: "invalid-link")
    /// The text is no pairing: it was mistyped or cut off, or is something else.
    public static let invalidPairing = Self(rawValue: "invalid-pairing")
    /// `create` where there is a vault.
    public static let vaultExists = Self(rawValue: "vault-exists")
    /// `open` where there is none.
    public static let vaultNotFound = Self(rawValue: "vault-not-found")
    /// The vault's format is newer than this library.
    public static let unsupportedVersion = Self(rawValue: "unsupported-version")
    /// The store holds another vault than the one that was meant.
    public static let wrongVault = Self(rawValue: "wrong-vault")
    /// The root was signed by nobody who may write, or with other members than those accepted.
    public static let tampered = Self(rawValue: "tampered")
    /// The store served an older root than one already accepted.
    public static let rollback = Self(rawValue: "rollback")
    /// The store served a root of another history than the one that was accepted.
    public static let fork = Self(rawValue: "fork")
    /// The same, and the last commit of this device is not in it.
    public static let ownCommitMissing = Self(rawValue: "own-commit-missing")
    /// A commit was made in the name of this device that it does not know of.
    public static let deviceCloned = Self(rawValue: "device-cloned")
    /// The store holds no vault, and held one before.
    public static let rootVanished = Self(rawValue: "root-vanished")
    /// The newest root is older than the app allows.
    public static let frozen = Self(rawValue: "frozen")
    /// A stored object is missing.
    public static let objectMissing = Self(rawValue: "object-missing")
    /// A stored object is shorter than its link says.
    public static let objectTruncated = Self(rawValue: "object-truncated")
    /// A stored object was altered or swapped.
    public static let objectCorrupt = Self(rawValue: "object-corrupt")
    /// Authentic bytes do not follow the format.
    public static let malformed = Self(rawValue: "malformed")
    /// The condition of a put on a blob store did not hold.
    public static let preconditionFailed = Self(rawValue: "precondition-failed")
    /// The store ignores conditional puts.
    public static let conditionalPutUnsupported = Self(rawValue: "conditional-put-unsupported")
    /// The store has no room left.
    public static let storeFull = Self(rawValue: "store-full")
    /// The store refused the credentials.
    public static let storeDenied = Self(rawValue: "store-denied")
    /// The store did not answer in time; try again.
    public static let storeUnavailable = Self(rawValue: "store-unavailable")
    /// The store failed, or a store of the app's threw or answered wrongly.
    public static let storeFailed = Self(rawValue: "store-failed")
    /// Other writers won every attempt to commit; try again.
    public static let commitContention = Self(rawValue: "commit-contention")
    /// Another writer's change made this one impossible.
    public static let conflict = Self(rawValue: "conflict")
    /// The store did not say whether the commit took effect; a later read tells.
    public static let outcomeUnknown = Self(rawValue: "outcome-unknown")
    /// The caller cancelled; nothing of the call was committed.
    public static let cancelled = Self(rawValue: "cancelled")
    /// The vault, batch, stream or handle was closed before.
    public static let closed = Self(rawValue: "closed")
    /// A stream of bytes given by the app failed.
    public static let sourceFailed = Self(rawValue: "source-failed")
    /// Another opener has the local store open: another process, or an earlier handle of this one.
    public static let storeLocked = Self(rawValue: "store-locked")
    /// An earlier write to the local store failed and it takes no more; open it again.
    public static let storePoisoned = Self(rawValue: "store-poisoned")
    /// Stored bytes of the local store are damaged or missing.
    public static let storeCorrupt = Self(rawValue: "store-corrupt")
    /// The local store was opened to read only.
    public static let readOnly = Self(rawValue: "read-only")
    /// The engine holds as many namespaces as its configuration allows.
    public static let namespaceLimit = Self(rawValue: "namespace-limit")
    /// The namespace of the engine was dropped.
    public static let namespaceDropped = Self(rawValue: "namespace-dropped")
    /// The changes that a watch of the engine asks for are no longer kept.
    public static let cursorExpired = Self(rawValue: "cursor-expired")
    /// Bytes that are no hash of rows, which has 2,048.
    public static let hashLength = Self(rawValue: "hash-length")
    /// The name of a domain of more than 255 bytes.
    public static let domainLength = Self(rawValue: "domain-length")
    /// Not all rows of a partition are counted, so it has no hash.
    public static let stateNotValid = Self(rawValue: "state-not-valid")
    /// No backfill of the partition is under way.
    public static let stateNotBackfilling = Self(rawValue: "state-not-backfilling")
    /// Rows of a backfill that are not in the order of their keys, or were counted before.
    public static let rowsNotAscending = Self(rawValue: "rows-not-ascending")
    /// More rows or bytes removed from a partition than it has.
    public static let noSuchRow = Self(rawValue: "no-such-row")
    /// 2^64 rows or bytes in a partition.
    public static let tooManyRows = Self(rawValue: "too-many-rows")
    /// A partition of that name is there.
    public static let partitionExists = Self(rawValue: "partition-exists")
    /// A record of another partition, or of one with a secret where this has none.
    public static let otherPartition = Self(rawValue: "other-partition")
    /// The platform lacks something, such as a source of randomness.
    public static let platform = Self(rawValue: "platform")
}
