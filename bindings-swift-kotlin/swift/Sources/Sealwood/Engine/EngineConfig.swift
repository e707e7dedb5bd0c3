import SealwoodGenerated

/// What an engine is opened with. An app needs none of it: what is `nil` is as the engine would have it.
/// Beyond its limits a setting is an ``SealwoodError/Code-swift.struct/invalidArgument`` of the open.
public struct EngineConfig: Hashable, Sendable, Codable {
    /// Whether others are kept out, or may read too and nothing is written.
    public var access: Access
    /// Where the index comes from.
    public var recovery: Recovery
    /// Who checkpoints, compacts and counts rows.
    public var background: Background
    /// From which size on values have files of their own, in bytes: 1 to 16 MiB; 128 KiB if `nil`.
    public var separatedBytesMin: UInt64?
    /// How much of the index is kept in memory, in bytes; 64 MiB if `nil`.
    public var memoryBytesMax: UInt64?
    /// The most namespaces there may be: 1 to 65,536; 1,024 if `nil`.
    public var namespacesMax: UInt32?
    /// How long after the last write the engine works by itself, in milliseconds: 1 to a day; 500 if `nil`.
    public var checkpointIdleMs: UInt32?
    /// How many changes are kept for watches: at most 1,048,576; 4,096 if `nil`.
    public var watchEventsMax: UInt32?
    /// How much memory these may take, in bytes: at most 1 GiB; 4 MiB if `nil`.
    public var watchBytesMax: UInt64?

    /// What others may do with the directory meanwhile.
    public enum Access: String, Hashable, Sendable, Codable {
        /// Others are kept out.
        case readWrite
        /// Nothing is written, and others may read too.
        case readOnly
    }

    /// Where the index comes from.
    public enum Recovery: String, Hashable, Sendable, Codable {
        /// The last checkpoint and the log after it.
        case checkpoint
        /// The whole log, where frames are damaged.
        case rebuild
        /// All that is whole, whatever is damaged; only with ``Access-swift.enum/readOnly``.
        case passOver
    }

    /// Who does what nobody waits for.
    public enum Background: String, Hashable, Sendable, Codable {
        /// The engine, a while after the last write.
        case automatic
        /// The app, which calls ``Engine/maintain()``.
        case manual
    }

    /// What an engine is opened with.
    public init(
        access: Access = .readWrite, recovery: Recovery = .checkpoint,
        background: Background = .automatic, separatedBytesMin: UInt64? = nil,
        memoryBytesMax: UInt64? = nil, namespacesMax: UInt32? = nil, checkpointIdleMs: UInt32? = nil,
        watchEventsMax: UInt32? = nil, watchBytesMax: UInt64? = nil
    ) {
        self.access = access
        self.recovery = recovery
        self.background = background
        self.separatedBytesMin = separatedBytesMin
        self.memoryBytesMax = memoryBytesMax
        self.namespacesMax = namespacesMax
        self.checkpointIdleMs = checkpointIdleMs
        self.watchEventsMax = watchEventsMax
        self.watchBytesMax = watchBytesMax
    }

    var core: CoreEngineConfig {
        CoreEngineConfig(
            access: access.core, recovery: recovery.core, background: background.core,
            separatedBytesMin: separatedBytesMin, memoryBytesMax: memoryBytesMax,
            namespacesMax: namespacesMax, checkpointIdleMs: checkpointIdleMs,
            watchEventsMax: watchEventsMax, watchBytesMax: watchBytesMax)
    }
}

extension EngineConfig.Access {
    fileprivate var core: CoreAccess {
        switch self {
        case .readWrite: .readWrite
        case .readOnly: .readOnly
        }
    }
}

extension EngineConfig.Recovery {
    fileprivate var core: CoreRecoveryMode {
        switch self {
        case .checkpoint: .checkpoint
        case .rebuild: .rebuild
        case .passOver: .passOver
        }
    }
}

extension EngineConfig.Background {
    fileprivate var core: CoreBackground {
        switch self {
        case .automatic: .automatic
        case .manual: .manual
        }
    }
}
