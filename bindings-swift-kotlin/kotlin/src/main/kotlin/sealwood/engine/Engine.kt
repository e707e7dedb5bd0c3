package sealwood.engine

import java.nio.file.Path
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.runBlocking
import sealwood.Call
import sealwood.Lease
import sealwood.OnProgress
import sealwood.call
import sealwood.ffi.CoreEngine
import sealwood.signed
import sealwood.typed
import sealwood.unsigned

/**
 * The embedded engine: an ordered, crash-safe key-value store, in memory or in a directory. It encrypts
 * nothing.
 *
 * Calls may run concurrently, and work on threads of the core. What cannot be stopped midway is not
 * waited for any longer when its coroutine is cancelled, and goes on to its end: a later read tells.
 * Once the engine is [shut down][shutdown], all of it fails with `closed`.
 */
public class Engine private constructor(private val core: CoreEngine) : AutoCloseable {
    private val released = AtomicBoolean()
    private val lease = Lease(core)

    /**
     * The namespace [name], which is made if there is none; names are 1 to 64 characters of
     * `[A-Za-z0-9_-]`. Values of [separatedBytesMin] bytes and more (1 to 16 MiB) have files of their
     * own; if that is `null`, those of [EngineConfig.separatedBytesMin]. `namespace-limit` if there are
     * too many, `read-only` if it would have to be made and cannot be.
     */
    public suspend fun namespace(name: String, separatedBytesMin: Long? = null): Namespace {
        val least = separatedBytesMin?.let { unsigned(it, "separatedBytesMin") }
        return Namespace(call { core.namespace(name, least, it) })
    }

    /** The names of the namespaces, ascending. */
    public suspend fun namespaces(): List<String> = call { core.namespaces(it) }

    /** Drops a namespace with all its keys, durably. Whether there was one. */
    public suspend fun dropNamespace(name: String): Boolean = call { core.dropNamespace(name, it) }

    /** A batch of changes of any namespaces. */
    public fun batch(): EngineBatch = EngineBatch(typed { core.batch() })

    /** All namespaces as they are now, at one revision. */
    public suspend fun snapshot(): EngineSnapshot = EngineSnapshot(call { core.snapshot(it) })

    /** The revision of the last change; 0 before the first. */
    public suspend fun revision(): Long = call { core.revision(it) }.signed()

    /** What the engine holds and has done. */
    public suspend fun stats(): EngineStats = EngineStats(call { core.stats(it) })

    /** Makes everything that was written so far durable. */
    public suspend fun sync(): Unit = call { core.sync(it) }

    /** Whether a [sync] has anything to do. */
    public suspend fun needsSync(): Boolean = call { core.needsSync(it) }

    /**
     * Writes a checkpoint, so that opening has nothing to replay, and deletes what nothing needs. Whether
     * there was anything to do.
     */
    public suspend fun checkpoint(): Boolean = call { core.checkpoint(it) }

    /** Does a piece of the work that the engine does by itself. Whether there is more to be done. */
    public suspend fun maintain(): Boolean = call { core.maintain(it) }

    /** Gives back the space of what is dead in the log. How many bytes were written anew. */
    public suspend fun compact(): Long = call { core.compact(it) }.signed()

    /** Deletes values that no key names, as a crash may leave them. */
    public suspend fun vacuum(): Vacuum = Vacuum(call { core.vacuum(it) })

    /** Removes keys that have expired: they are out of reach anyway. How many there were. */
    public suspend fun purgeExpired(): Long = call { core.purgeExpired(it) }.signed()

    /**
     * Checks everything there is: the index, each record and value, headers, footers and accounts. What
     * is wrong does not make it fail: it is counted, and the first [firstMax] of it are given, at most
     * 10,000; 1,000 if `null`.
     */
    public suspend fun verify(firstMax: Int? = null): Verified {
        val most = firstMax?.let { unsigned(it.toLong(), "firstMax").toUInt() }
        return Verified(call { core.verify(most, it) })
    }

    /**
     * Reads all rows of the tracked namespaces, each at one revision, and compares them with what was
     * counted of them. Progress is rows of all. Cancelling the coroutine ends it after some hundred rows.
     */
    public suspend fun verifyState(onProgress: OnProgress? = null): VerifiedStates =
        VerifiedStates(call(onProgress) { core.verifyState(it) })

    /**
     * Compares with another engine, namespace by namespace, each at one revision of either side. Of equal
     * ones nothing is read. The first [firstMax] of what differs are given: at most 10,000; 1,000 if
     * `null`. Cancelling the coroutine ends it after some hundred rows.
     */
    public suspend fun compare(other: Engine, firstMax: Int? = null): ComparedEngines {
        val most = firstMax?.let { unsigned(it.toLong(), "firstMax").toUInt() }
        return other.lease.hold { theirs -> ComparedEngines(call { core.compare(theirs, most, it) }) }
    }

    /**
     * Waits for calls that are under way, checkpoints, closes all files and releases the directory,
     * which can then be opened again. Does nothing the second time.
     */
    public suspend fun shutdown() {
        if (!released.get()) call { core.shutdown(it) }
    }

    /**
     * The same for `use {}`: it blocks until that is done, and releases the engine even where it fails.
     * A coroutine calls [shutdown] first: then there is nothing to wait for.
     */
    override fun close() {
        try {
            if (!released.get()) runBlocking { Call(null).use { it.runHere(core::shutdown) } }
        } finally {
            if (released.compareAndSet(false, true)) lease.close()
        }
    }

    public companion object {
        /** A new engine in memory, which goes with its last handle. */
        public suspend fun memory(config: EngineConfig = EngineConfig()): Engine =
            Engine(call { CoreEngine.memory(config.core(), it) })

        /**
         * The engine in a directory, which is made if it is missing; to read only there must be an
         * engine. It has the directory to itself, in this process and among others in whatever language,
         * until [shutdown]; anybody else gets `store-locked`. Readers alone may be many. `store-corrupt`
         * if what is there is damaged: [EngineConfig.recovery] may help. An engine that opens for a
         * coroutine that was cancelled meanwhile frees its directory at once.
         */
        public suspend fun open(path: String, config: EngineConfig = EngineConfig()): Engine =
            Engine(call { CoreEngine.open(path, config.core(), it) })

        /** The engine in a directory; see the other function of this name. */
        public suspend fun open(path: Path, config: EngineConfig = EngineConfig()): Engine =
            open(path.toString(), config)
    }
}
