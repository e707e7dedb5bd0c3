package sealwood.engine

import kotlinx.coroutines.flow.Flow
import sealwood.call
import sealwood.ffi.CoreNamespaceSnapshot
import sealwood.signed
import sealwood.typed

/** A namespace at one revision. What it needs is kept on the disk until it is closed or collected. */
public class NamespaceSnapshot internal constructor(private val core: CoreNamespaceSnapshot) :
    AutoCloseable {
    /** The revision of the last change that it sees. */
    public val revision: Long
        get() = typed { core.revision() }.signed()

    /** The value of a key, checked, or `null` if there is none; as [Namespace.get]. */
    public suspend fun get(key: ByteArray): EngineValue? = call { core.get(key, it) }?.let(::EngineValue)

    /** What is known of a key without reading its value, or `null` if there is none. */
    public suspend fun info(key: ByteArray): KeyInfo? = call { core.info(key, it) }?.let(::KeyInfo)

    /** Keys and values in order; as [Namespace.scan], of this state. */
    public fun scan(options: ScanOptions = ScanOptions()): Flow<ScanEntry> =
        iterationFlow { openScan(options) }

    /** Keys in order. No value is read. */
    public fun scanKeys(options: ScanOptions = ScanOptions()): Flow<ScanKey> =
        iterationFlow { openScanKeys(options) }

    internal suspend fun openScan(options: ScanOptions): Iteration<ScanEntry> =
        openEntries { core.scan(options.core(), it) }

    internal suspend fun openScanKeys(options: ScanOptions): Iteration<ScanKey> =
        openKeys { core.scanKeys(options.core(), it) }

    /** Lets go of it. */
    override fun close(): Unit = core.close()
}
