import Foundation
import SealwoodGenerated

/// Where rows belong, and with which secret they are hashed. The name is part of every element: the same
/// row in two domains is two elements.
public final class Domain: Sendable {
    let core: CoreDomain

    private init(core: CoreDomain) {
        self.core = core
    }

    /// The domain of a name of up to 255 bytes, else ``SealwoodError/Code-swift.struct/domainLength``.
    /// Anybody can compute its elements.
    public convenience init(_ name: Data) throws {
        self.init(core: try translating { try CoreDomain(name: name) })
    }

    /// The domain of a name under a secret of 32 bytes, else
    /// ``SealwoodError/Code-swift.struct/invalidArgument``: who does not know it can neither guess rows from
    /// a hash nor make rows for one. The library's copy of the secret is wiped with the last use of it.
    public static func keyed(_ secret: Data, name: Data) throws -> Domain {
        Domain(core: try translating { try .keyed(secret: secret, name: name) })
    }

    /// The name.
    public var name: Data { core.name() }

    /// Whether there is a secret.
    public var isKeyed: Bool { core.isKeyed() }
}

/// The bucket of a key, 0 to 255.
public func bucketOf(_ key: Data) -> UInt8 {
    coreBucketOf(key: key)
}
