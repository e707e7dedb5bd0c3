import Foundation
import Sealwood

/// The members of one step. What nobody asked for is an error at the end.
final class Step: @unchecked Sendable {
    let members: [String: Json]
    /// Hears of progress, if the scenario wants to know.
    let onProgress: ProgressHandler?
    /// Only the task that runs the step touches it, and whoever waits for that afterwards.
    private var seen: Set<String> = ["do", "expect", "error", "background", "progress"]

    init(_ members: [String: Json], onProgress: ProgressHandler?) {
        self.members = members
        self.onProgress = onProgress
    }

    func finish() throws {
        if let name = members.keys.first(where: { !seen.contains($0) }) {
            throw Wrong("unknown member \(name)")
        }
    }

    func value(_ name: String) -> Json? {
        seen.insert(name)
        return members[name]
    }

    func optionalText(_ name: String) throws -> String? {
        switch value(name) {
        case nil: nil
        case .text(let text): text
        case let other?: throw Wrong("\(name) is no text: \(other)")
        }
    }

    func text(_ name: String) throws -> String {
        try needed(optionalText(name), name)
    }

    func optionalNumber(_ name: String) throws -> UInt64? {
        switch value(name) {
        case nil: nil
        case .number(let number): number
        case let other?: throw Wrong("\(name) is no number: \(other)")
        }
    }

    func optionalTime(_ name: String) throws -> Int64? {
        switch value(name) {
        case nil: nil
        case .negative(let time): time
        case .number(let number) where number <= Int64.max: Int64(number)
        case let other?: throw Wrong("\(name) is no time: \(other)")
        }
    }

    func number(_ name: String) throws -> UInt64 {
        try needed(optionalNumber(name), name)
    }

    func flag(_ name: String) throws -> Bool {
        switch value(name) {
        case nil: false
        case .bool(let flag): flag
        case let other?: throw Wrong("\(name) is neither true nor false: \(other)")
        }
    }

    func content() throws -> Data {
        try sealwood_conformance.content(needed(value("content"), "content"))
    }

    func secret() throws -> Data? {
        switch value("secret") {
        case nil: nil
        case .number(let byte) where byte < 256: Data(repeating: UInt8(byte), count: 32)
        case .text(let digits): try hexBytes(digits)
        case let other?: throw Wrong("no secret: \(other)")
        }
    }

    func metadata() throws -> [String: String] {
        switch value("metadata") {
        case nil:
            [:]
        case .object(let pairs):
            try pairs.mapValues {
                guard case .text(let text) = $0 else { throw Wrong("metadata is text") }
                return text
            }
        case let other?:
            throw Wrong("no metadata: \(other)")
        }
    }

    func putOptions() throws -> PutOptions {
        PutOptions(
            contentType: try optionalText("contentType"), metadata: try metadata(),
            modifiedMs: try optionalTime("modifiedMs"), deferred: try flag("deferred"))
    }

    func config() throws -> VaultConfig {
        var config = VaultConfig(
            chunkBytes: try optionalNumber("chunkBytes").map(UInt32.init(clamping:)),
            memoryBudgetBytes: try optionalNumber("memoryBudgetBytes"),
            packBytesMax: try optionalNumber("packBytesMax"),
            extentBytesMax: try optionalNumber("extentBytesMax").map(UInt32.init(clamping:)))
        switch value("kdf") {
        case nil:
            break
        case .object(let members):
            let kdf = Step(members, onProgress: nil)
            config.kdf = VaultConfig.Kdf(
                memoryKib: try kdf.optionalNumber("memoryKib").map(UInt32.init(clamping:)),
                passes: try kdf.optionalNumber("passes").map(UInt32.init(clamping:)),
                lanes: try kdf.optionalNumber("lanes").map(UInt32.init(clamping:)))
            try kdf.finish()
        case let other?:
            throw Wrong("no kdf: \(other)")
        }
        switch value("kdfCeiling") {
        case nil:
            break
        case .object(let members):
            let ceiling = Step(members, onProgress: nil)
            config.kdfCeiling = VaultConfig.KdfCeiling(
                memoryKib: try ceiling.optionalNumber("memoryKib").map(UInt32.init(clamping:)),
                passes: try ceiling.optionalNumber("passes").map(UInt32.init(clamping:)))
            try ceiling.finish()
        case let other?:
            throw Wrong("no kdfCeiling: \(other)")
        }
        return config
    }

    func needed<T>(_ value: T?, _ name: String) throws -> T {
        guard let value else { throw Wrong("no \(name)") }
        return value
    }
}
