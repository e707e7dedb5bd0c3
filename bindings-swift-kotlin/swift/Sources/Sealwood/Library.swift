import Foundation
import SealwoodGenerated

/// The version of the library.
public var version: String { coreVersion() }

/// How much a log message matters.
public enum LogLevel: String, Hashable, Sendable, Codable, CaseIterable {
    /// Something failed for good.
    case error
    /// Something failed and is tried again.
    case warn
    /// Something rare happened, such as a lost race.
    case info
    /// What each commit does.
    case debug
    /// What each request does.
    case trace
}

/// Passes log messages up to `level` to `callback` from now on, or to nobody.
///
/// There is one callback in a process. It is called on any thread. No message holds a path, a name, a
/// key or a secret.
public func setLogger(
    _ level: LogLevel, _ callback: (@Sendable (LogLevel, String) -> Void)?
) {
    coreSetLogger(level: level.core, logger: callback.map(LoggerAdapter.init))
}

/// A new secret: 32 random bytes.
public func generateSecret() throws -> Data {
    try translating { try coreGenerateSecret() }
}

/// The 24 words of a secret of 32 bytes.
public func phraseOfSecret(_ secret: Data) throws -> String {
    try translating { try corePhraseOfSecret(secret: secret) }
}

/// The 32 bytes behind 24 words.
public func secretOfPhrase(_ phrase: String) throws -> Data {
    try translating { try coreSecretOfPhrase(words: Data(phrase.utf8)) }
}

/// Runs the conformance suite on a store, below `prefix`, and returns the number of promises kept.
///
/// It throws ``SealwoodError/Code-swift.struct/storeFailed`` with a message that names the first promise
/// that is not kept. Whoever writes a store runs this in its tests.
public func checkStore(_ store: some BlobStore, prefix: String) async throws -> Int {
    try await withCall { call in
        Int(try await coreStore(of: store).check(prefix: prefix, call: call))
    }
}

private final class LoggerAdapter: HostLogger {
    private let callback: @Sendable (LogLevel, String) -> Void

    init(_ callback: @escaping @Sendable (LogLevel, String) -> Void) {
        self.callback = callback
    }

    func log(level: CoreLogLevel, message: String) {
        callback(LogLevel(level), message)
    }
}

extension LogLevel {
    fileprivate init(_ level: CoreLogLevel) {
        switch level {
        case .error: self = .error
        case .warn: self = .warn
        case .info: self = .info
        case .debug: self = .debug
        case .trace: self = .trace
        }
    }

    fileprivate var core: CoreLogLevel {
        switch self {
        case .error: .error
        case .warn: .warn
        case .info: .info
        case .debug: .debug
        case .trace: .trace
        }
    }
}
