import Foundation
import Sealwood
import TestStores

/// The results that a scenario has given names.
final class World: Sendable {
    let stores = Named<AnyBlobStore>("store")
    let hostStores = Named<HostStore>("host store")
    let vaults = Named<Vault>("vault")
    let newVaults = Named<NewVault>("new vault")
    let batches = Named<Batch>("batch")
    let snapshots = Named<Snapshot>("snapshot")
    let etags = Named<String>("etag")
    let keys = Named<[String]>("list of keys")
    let links = Named<Data>("link")
    let phrases = Named<String>("phrase")
    let calls = Named<UInt64>("count of calls")
    let engines = Named<Engine>("engine")
    let namespaces = Named<Namespace>("namespace")
    let engineBatches = Named<EngineBatch>("batch of an engine")
    let engineSnapshots = Named<EngineSnapshot>("snapshot of an engine")
    let namespaceSnapshots = Named<NamespaceSnapshot>("snapshot of a namespace")
    let scans = Named<OneByOne<ScanEntry>>("scan")
    let watches = Named<OneByOne<WatchEvent>>("watch")
    let revisions = Named<UInt64>("revision")
    let hashes = Named<LtHash>("hash")
    let partitions = Named<PartitionedLtHash>("state of partitions")
    let progress = Named<ProgressRecord>("record of progress")
    let tasks = Named<BackgroundTask>("task")
}

/// Values by name, for tasks side by side.
final class Named<Value: Sendable>: @unchecked Sendable {
    private let kind: String
    private let lock = NSLock()
    private var values: [String: Value] = [:]

    init(_ kind: String) {
        self.kind = kind
    }

    func get(_ name: String) throws -> Value {
        guard let value = find(name) else { throw Wrong("there is no \(kind) \(name)") }
        return value
    }

    func find(_ name: String) -> Value? {
        lock.withLock { values[name] }
    }

    /// Gives `value` a name, if there is one for it.
    func set(_ name: String?, _ value: Value) {
        guard let name else { return }
        lock.withLock { values[name] = value }
    }

    /// Forgets `name` and returns what it stood for.
    func take(_ name: String) -> Value? {
        lock.withLock { values.removeValue(forKey: name) }
    }

    var names: [String] { lock.withLock { values.keys.sorted() } }
}

/// A step that runs beside the others.
struct BackgroundTask: Sendable {
    let work: Task<Outcome, any Error>
    let step: Step
}

/// The reports of one call.
final class ProgressRecord: @unchecked Sendable {
    private let lock = NSLock()
    private var reports: [TransferProgress] = []

    func add(_ report: TransferProgress) {
        lock.withLock { reports.append(report) }
    }

    /// Fails unless the reports rise and end at `total`, or at the total they name.
    func check(total: UInt64?) throws {
        let reports = lock.withLock { self.reports }
        guard let last = reports.last else { throw Wrong("no report came") }
        for (before, after) in zip(reports, reports.dropFirst()) where after.done < before.done {
            throw Wrong("done fell from \(before.done) to \(after.done)")
        }
        guard last.done == last.total, total == nil || last.total == total else {
            let text = last.total.map(String.init) ?? "nothing"
            throw Wrong("the last report was \(last.done) of \(text)")
        }
    }
}
