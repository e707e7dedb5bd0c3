import SealwoodGenerated

/// How a put is done.
public struct PutOptions: Hashable, Sendable, Codable {
    /// The media type.
    public var contentType: String?
    /// What else to attach to the entry.
    public var metadata: [String: String]
    /// The modification time in milliseconds since 1970, negative before, at most
    /// 8,640,000,000,000,000 away from it; now by this device's clock if there is none.
    public var modifiedMs: Int64?
    /// Whether the change may wait for the next ``Vault/flush(onProgress:)``.
    public var deferred: Bool
    /// The size of a stream, for progress.
    public var sizeHint: UInt64?

    /// How a put is done.
    public init(
        contentType: String? = nil, metadata: [String: String] = [:], modifiedMs: Int64? = nil,
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
