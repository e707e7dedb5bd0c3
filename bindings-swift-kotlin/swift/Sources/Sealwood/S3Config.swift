import SealwoodGenerated

/// Which bucket, where, and on whose behalf.
public struct S3Config: Hashable, Sendable {
    /// The URL of the service; that of Amazon S3 if there is none.
    public var endpoint: String?
    /// The region that requests are signed for.
    public var region: String
    /// The bucket.
    public var bucket: String
    /// What all keys start with, without the `/` after it.
    public var prefix: String?
    /// Whether the bucket stands in the path rather than in the host. If `nil`, it does where an endpoint is
    /// given or the bucket's name has a dot.
    public var pathStyle: Bool?
    /// The access key.
    public var accessKeyId: String
    /// The secret of the access key.
    public var secretAccessKey: String
    /// The token of a session's key.
    public var sessionToken: String?
    /// Whether the endpoint may be one without TLS.
    public var allowHttp: Bool

    /// Which bucket, where, and on whose behalf.
    public init(
        endpoint: String? = nil, region: String, bucket: String, prefix: String? = nil,
        pathStyle: Bool? = nil, accessKeyId: String, secretAccessKey: String,
        sessionToken: String? = nil, allowHttp: Bool = false
    ) {
        self.endpoint = endpoint
        self.region = region
        self.bucket = bucket
        self.prefix = prefix
        self.pathStyle = pathStyle
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.allowHttp = allowHttp
    }

    var core: CoreS3 {
        CoreS3(
            endpoint: endpoint, region: region, bucket: bucket, prefix: prefix,
            pathStyle: pathStyle, accessKeyId: accessKeyId, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, allowHttp: allowHttp)
    }
}

extension S3Config: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The bucket, without any secret.
    public var description: String { "S3Config(\(bucket))" }

    /// The bucket, without any secret.
    public var debugDescription: String { description }

    /// The bucket, without any secret.
    public var customMirror: Mirror { Mirror(self, children: ["bucket": bucket]) }
}
