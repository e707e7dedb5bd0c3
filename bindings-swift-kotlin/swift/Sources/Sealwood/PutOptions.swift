import SealwoodGenerated

/// How a put is done.
public struct PutOptions: Hashable, Sendable, Codable {
    /// The media type.
    public var contentType: String?
    /// What else to attach to the entry.
    public var metadata: [String: String]
    /// The modification time in milliseconds since 1970; now if there is none.
    public var modifiedMs: UInt64?
    /// Whether the change may wait for the next ``Vault/flush(onProgress:)``.
    public var deferred: Bool
    /// The size of a stream, for progress.
    public var sizeHint: UInt64?

    /// How a put is done.
    public init(
        contentType: String? = nil, metadata: [String: String] = [:], modifiedMs: UInt64? = nil,
        deferred: Bool = false, sizeHint: UInt64? = nil
    ) {
        self.contentType = contentType
        self.metadata = metadata
        self.modifiedMs = modifiedMs
        self.deferred = deferred
        self.sizeHint = sizeHint
    }

    var core: CorePutOptions {
        CorePutOptions(
            contentType: contentType, metadata: metadata, modifiedMs: modifiedMs,
            deferred: deferred, sizeHint: sizeHint)
    }
}
