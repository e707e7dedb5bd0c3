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
    /// The token of a session's key; an empty one is none.
    public var sessionToken: String?
    /// Whether an endpoint that is not this machine may be reached without TLS.
    public var allowHttp: Bool
    /// Whether signatures stand in URLs, where servers may log them, instead of headers.
    public var signedUrls: Bool
    /// How long no byte of a request may move before it counts as failed, in milliseconds; 20,000 if `nil`.
    /// A request on which bytes move may take any time. Unless this or what follows is set, a server that
    /// never answers fails a call within two minutes.
    public var idleTimeoutMs: UInt32?
    /// The most requests under way at once, at least 1; 16 if `nil`. A store begins with 4, and has as many
    /// as the link and the server bear.
    public var requestsMax: UInt32?
    /// How often a call is tried while the server is unavailable, at least 1; 6 if `nil`.
    public var attemptsMax: UInt32?
    /// The longest wait that a server may ask for before the next try, in milliseconds; 60,000 if `nil`.
    public var retryAfterMaxMs: UInt32?
    /// How long after the first failure of a call another try may begin, without the waits that the server
    /// asked for, in milliseconds; 30,000 if `nil`.
    public var giveUpAfterMs: UInt32?
    /// Certificates in PEM that are trusted in place of the built-in ones, for a server with a private
    /// authority.
    public var caBundle: String?

    /// Which bucket, where, and on whose behalf.
    public init(
        endpoint: String? = nil, region: String, bucket: String, prefix: String? = nil,
        pathStyle: Bool? = nil, accessKeyId: String, secretAccessKey: String,
        sessionToken: String? = nil, allowHttp: Bool = false, signedUrls: Bool = false,
        idleTimeoutMs: UInt32? = nil, requestsMax: UInt32? = nil, attemptsMax: UInt32? = nil,
        retryAfterMaxMs: UInt32? = nil, giveUpAfterMs: UInt32? = nil, caBundle: String? = nil
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
        self.signedUrls = signedUrls
        self.idleTimeoutMs = idleTimeoutMs
        self.requestsMax = requestsMax
        self.attemptsMax = attemptsMax
        self.retryAfterMaxMs = retryAfterMaxMs
        self.giveUpAfterMs = giveUpAfterMs
        self.caBundle = caBundle
    }

    var core: CoreS3 {
        CoreS3(
            endpoint: endpoint, region: region, bucket: bucket, prefix: prefix,
            pathStyle: pathStyle, accessKeyId: accessKeyId, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, allowHttp: allowHttp, signedUrls: signedUrls,
            idleTimeoutMs: idleTimeoutMs, requestsMax: requestsMax, attemptsMax: attemptsMax,
            retryAfterMaxMs: retryAfterMaxMs, giveUpAfterMs: giveUpAfterMs, caBundle: caBundle)
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
