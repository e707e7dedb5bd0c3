package sealwood.engine

import sealwood.ffi.CoreEngineSnapshot
import sealwood.signed
import sealwood.typed

/** All namespaces at one revision. What it needs is kept on the disk until it is closed or collected. */
public class EngineSnapshot internal constructor(private val core: CoreEngineSnapshot) : AutoCloseable {
    /** The revision of the last change that it sees. */
    public val revision: Long
        get() = typed { core.revision() }.signed()

    /** The names of the namespaces there were, ascending. */
    public fun namespaces(): List<String> = typed { core.namespaces() }

    /** The namespace of that time, or `null` if there was none of this name. It is closed by itself. */
    public fun namespace(name: String): NamespaceSnapshot? =
        typed { core.namespace(name) }?.let(::NamespaceSnapshot)

    /** Lets go of it. Snapshots of namespaces that it gave stay. */
    override fun close(): Unit = core.close()
}
