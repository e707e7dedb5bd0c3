import Foundation
import SealwoodGenerated

/// What went wrong: the one error of the library, apart from the `CancellationError` of a task that
/// was cancelled.
///
/// A store or source of the app's may throw it as well: its ``code`` then tells the library what
/// happened, such as ``Code-swift.struct/objectMissing``. What else it throws counts as
/// ``Code-swift.struct/storeFailed`` or ``Code-swift.struct/sourceFailed``.
public struct SealwoodError: Error, Hashable, Sendable {
    /// What happened: one of the stable codes that all languages share.
    public let code: Code
    /// What happened, for developers. It may change and holds no path, name or key.
    public let message: String
    /// The canonical path the error is about, where there is one.
    public let path: String?

    /// An error with a code of the library's, for a store or source of the app's to throw.
    public init(_ code: Code, message: String = "", path: String? = nil) {
        self.code = code
        self.message = message.isEmpty ? code.rawValue : message
        self.path = path
    }
}

extension SealwoodError: LocalizedError, CustomStringConvertible {
    /// The message.
    public var errorDescription: String? { message }

    /// The code, the path and the message.
    public var description: String {
        [code.rawValue, path, message].compactMap { $0 }.joined(separator: ": ")
    }
}

extension SealwoodError {
    init(_ error: CoreError) {
        switch error {
        case .Failed(let code, let reason, let path):
            self.init(Code(rawValue: code), message: reason, path: path)
        }
    }
}

extension SealwoodError {
    /// What a store of the app's threw, as an error of ours.
    init(ofStore error: any Error) {
        switch error {
        case let error as SealwoodError: self = error
        case is CancellationError: self.init(.cancelled)
        default: self.init(.storeFailed, message: String(describing: error))
        }
    }
}

extension CoreError {
    /// What the app threw, for the core.
    init(thrown error: any Error) {
        switch error {
        case let error as SealwoodError:
            self = .Failed(code: error.code.rawValue, reason: error.message, path: error.path)
        case is CancellationError:
            self = .Failed(code: SealwoodError.Code.cancelled.rawValue, reason: "cancelled", path: nil)
        default:
            self = .Failed(code: "unexpected", reason: String(describing: error), path: nil)
        }
    }
}

/// Runs `body` and turns an error of the core into that of the API.
func translating<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as CoreError {
        throw SealwoodError(error)
    }
}
