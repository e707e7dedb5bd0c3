package sealwood.engine

import kotlinx.coroutines.flow.Flow
import sealwood.Lease
import sealwood.OnProgress
import sealwood.call
import sealwood.ffi.CoreNamespace
import sealwood.signed
import sealwood.unsigned

/**
 * One ordered key space of an [Engine]. Keys are 0 to 65,536 bytes, in the order of bytes without a sign;
 * values are up to as many bytes as there is room.
 *
 * A write is durable when its call returns, unless its [Durability] says otherwise. After
 * `outcome-unknown` only opening the engine again tells whether a write was applied, after any other
 * error it was not. A key or an option beyond its limits is an `invalid-argument`. Flows are cold: each
 * collection opens the scan or watch anew and releases it when it ends, for whatever reason. A namespace
 * has nothing to close: it goes with its last use.
 */
public class Namespace internal constructor(private val core: CoreNamespace) {
    internal val lease = Lease(core)

    /** The value of a key, checked, or `null` if there is none. `store-corrupt` if it is damaged. */
    public suspend fun get(key: ByteArray): EngineValue? = call { core.get(key, it) }?.let(::EngineValue)

    /**
     * [length] bytes of a value from [offset] on, fewer where it ends first; `null` if there is no such
     * key. `range-past-end` if the value ends before [offset].
     */
    public suspend fun getRange(key: ByteArray, offset: Long, length: Long): EngineValue? {
        val (first, most) = unsigned(offset, "offset") to unsigned(length, "length")
        return call { core.getRange(key, first, most, it) }?.let(::EngineValue)
    }

    /** What is known of a key without reading its value, or `null` if there is none. */
    public suspend fun info(key: ByteArray): KeyInfo? = call { core.info(key, it) }?.let(::KeyInfo)

    /** Puts a value. Its revision. */
    public suspend fun put(
        key: ByteArray,
        value: ByteArray,
        options: KeyPutOptions = KeyPutOptions(),
    ): Long = call { core.put(key, value, options.core(), it) }.signed()

    /** Deletes a key. Whether there was one. A disk that is full takes deletions too. */
    public suspend fun delete(key: ByteArray, options: KeyDeleteOptions = KeyDeleteOptions()): Boolean =
        call { core.delete(key, options.core(), it) }

    /** Lets a key expire at a time, in milliseconds since 1970. Whether there is such a key. */
    public suspend fun expireAt(key: ByteArray, ms: Long): Boolean {
        val time = unsigned(ms, "a time")
        return call { core.expireAt(key, time, it) }
    }

    /** Removes the expiry of a key. Whether there is such a key. */
    public suspend fun persist(key: ByteArray): Boolean = call { core.persist(key, it) }

    /**
     * Renames all keys that begin with [from], at once and by one record of the log. Whether there was
     * any. `precondition-failed` if a key begins with [to] already.
     */
    public suspend fun renamePrefix(from: ByteArray, to: ByteArray): Boolean =
        call { core.renamePrefix(from, to, it) }

    /** The length in bytes of the longest key that [key] begins with, or `null` if there is none. */
    public suspend fun longestPrefix(key: ByteArray): Long? = call { core.longestPrefix(key, it) }?.signed()

    /** How many keys there are, expired ones that were not purged yet included. */
    public suspend fun length(): Long = call { core.length(it) }.signed()

    /**
     * Keys and values in order, as they are when a collection begins, whatever is written meanwhile. At
     * most 256 of them are read ahead, and no further one once there is 1 MiB.
     */
    public fun scan(options: ScanOptions = ScanOptions()): Flow<ScanEntry> =
        iterationFlow { openScan(options) }

    /** Keys in order, as [scan] gives them. No value is read. */
    public fun scanKeys(options: ScanOptions = ScanOptions()): Flow<ScanKey> =
        iterationFlow { openScanKeys(options) }

    internal suspend fun openScan(options: ScanOptions): Iteration<ScanEntry> =
        openEntries { core.scan(options.core(), it) }

    internal suspend fun openScanKeys(options: ScanOptions): Iteration<ScanKey> =
        openKeys { core.scanKeys(options.core(), it) }

    /** The namespace as it is now, whatever happens to it later. Takes constant time and memory. */
    public suspend fun snapshot(): NamespaceSnapshot = NamespaceSnapshot(call { core.snapshot(it) })

    /**
     * Follows changes of keys that begin with [prefix], each once, ascending by revision: those after the
     * revision [since], 0 for all that are kept; without it those from when the collection has begun,
     * which nothing tells: who must miss none watches since the [Engine.revision] of before. It has no
     * end but an error: `cursor-expired` if it fell behind what is kept (take a [snapshot], then watch
     * since its revision), `closed` with the engine, `namespace-dropped`.
     */
    public fun watch(prefix: ByteArray = ByteArray(0), since: Long? = null): Flow<WatchEvent> =
        iterationFlow { openWatch(prefix, since) }

    internal suspend fun openWatch(prefix: ByteArray, since: Long?): Iteration<WatchEvent> {
        val revision = since?.let { unsigned(it, "since") }
        return openChanges { core.watch(prefix, revision, it) }
    }

    /**
     * Keeps a hash of all rows from here on, or no more. Whether that is a change. Rows that are there
     * already are counted bit by bit, by the engine itself or by [backfill].
     */
    public suspend fun track(tracking: Tracking): Boolean = call { core.track(tracking.core(), it) }

    /** What is known of the rows, all changes so far included; `null` if the namespace is not tracked. */
    public suspend fun trackedState(): TrackedState? = call { core.trackedState(it) }?.let(::TrackedState)

    /**
     * Counts the rows that were there before the namespace was tracked, until all are counted; does
     * nothing where there is nothing to count. Progress is rows. Cancelling the coroutine ends it after
     * some hundred rows, and what was counted stays so.
     */
    public suspend fun backfill(onProgress: OnProgress? = null): Unit = call(onProgress) { core.backfill(it) }

    /**
     * Reads all rows and compares them with what was counted. Progress is rows. `invalid-argument` if the
     * namespace is not tracked. Cancelling the coroutine ends it after some hundred rows.
     */
    public suspend fun verifyState(onProgress: OnProgress? = null): VerifiedState =
        VerifiedState(call(onProgress) { core.verifyState(it) })

    /**
     * Compares with a namespace of the same name of another engine. Nothing is read if the hashes are the
     * same; if both are tracked in buckets, of the buckets that differ alone. The first [firstMax] rows
     * that differ are given: at most 10,000; 1,000 if `null`. `invalid-argument` if the names differ or
     * not all rows of both are counted. Cancelling the coroutine ends it after some hundred rows.
     */
    public suspend fun compare(other: Namespace, firstMax: Int? = null): Compared {
        val most = firstMax?.let { unsigned(it.toLong(), "firstMax").toUInt() }
        return other.lease.hold { theirs -> Compared(call { core.compare(theirs, most, it) }) }
    }
}
