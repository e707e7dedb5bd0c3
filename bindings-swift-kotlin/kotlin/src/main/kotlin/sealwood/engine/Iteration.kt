package sealwood.engine

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import sealwood.Call
import sealwood.ffi.CoreCall
import sealwood.ffi.CoreKeyScan
import sealwood.ffi.CoreScan
import sealwood.ffi.CoreWatch
import sealwood.typed

/** The most changes of a page. Pages of scans are as large as the core makes them. */
private const val PAGE_CHANGES = 256

/** A scan or a watch that is open, a page at a time; its call is cancelled with the one who waits. */
internal class Iteration<T>(
    private val call: Call,
    private val handle: AutoCloseable,
    private val end: () -> Unit,
    private val page: suspend () -> List<T>,
) : AutoCloseable {
    /** The next items; none at the end. */
    suspend fun next(): List<T> = call.run { page() }

    /** Ends it, also under a waiting [next], which fails with `closed` as later ones do. */
    fun stop(): Unit = typed { end() }

    override fun close() {
        stop()
        handle.close()
        call.close()
    }
}

/** What the iteration that [open] opens gives, of which a page at a time is kept ready. */
internal fun <T> iterationFlow(open: suspend () -> Iteration<T>): Flow<T> = flow {
    open().use { iteration ->
        while (true) {
            val page = iteration.next()
            if (page.isEmpty()) break
            page.forEach { emit(it) }
        }
    }
}

internal suspend fun openEntries(open: suspend (CoreCall) -> CoreScan): Iteration<ScanEntry> =
    opened(open) { call, scan -> Iteration(call, scan, scan::stop) { scan.next().map(::ScanEntry) } }

internal suspend fun openKeys(open: suspend (CoreCall) -> CoreKeyScan): Iteration<ScanKey> =
    opened(open) { call, scan -> Iteration(call, scan, scan::stop) { scan.next().map(::ScanKey) } }

internal suspend fun openChanges(open: suspend (CoreCall) -> CoreWatch): Iteration<WatchEvent> =
    opened(open) { call, watch -> Iteration(call, watch, watch::stop) {
        watch.next(PAGE_CHANGES.toUInt()).map(::WatchEvent)
    } }

private suspend fun <C, T> opened(
    open: suspend (CoreCall) -> C,
    iteration: (Call, C) -> Iteration<T>,
): Iteration<T> {
    val call = Call(null)
    try {
        return iteration(call, call.run(open))
    } catch (thrown: Throwable) {
        call.close()
        throw thrown
    }
}
