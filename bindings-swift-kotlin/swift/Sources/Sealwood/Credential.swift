import Foundation
import SealwoodGenerated

/// What a vault is opened with.
///
/// The library keeps its copy of the secret in memory that is wiped when the last use of the
/// credential ends. Swift keeps its own copies of `String` and `Data`: hold them no longer than needed.
public struct Credential: Sendable {
    let core: CoreCredential

    private init(_ make: () throws -> CoreCredential) throws {
        core = try translating(make)
    }

    /// The 32 bytes of a secret.
    public static func secret(_ bytes: Data) throws -> Credential {
        try Credential { try CoreCredential.secret(bytes: bytes) }
    }

    /// 24 recovery words.
    public static func phrase(_ words: String) throws -> Credential {
        try Credential { try CoreCredential.phrase(words: Data(words.utf8)) }
    }

    /// A passphrase of 1 to 1,024 bytes.
    public static func passphrase(_ text: String) throws -> Credential {
        try Credential { try CoreCredential.passphrase(passphrase: Data(text.utf8)) }
    }
}
