import SealwoodGenerated

/// All namespaces of an ``Engine`` at one revision. What it needs is kept on the disk until it is let go of.
public final class EngineSnapshot: Sendable {
    private let core: CoreEngineSnapshot

    init(core: CoreEngineSnapshot) {
        self.core = core
    }

    /// The revision of the last change that it sees.
    public var revision: UInt64 { core.revision() }

    /// The names of the namespaces there were, ascending.
    public func namespaces() -> [String] {
        core.namespaces()
    }

    /// The namespace of that time, or `nil` if there was none of this name. It stays when this one goes.
    public func namespace(_ name: String) -> NamespaceSnapshot? {
        core.namespace(name: name).map(NamespaceSnapshot.init)
    }
}
