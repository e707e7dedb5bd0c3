package sealwood

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import sealwood.ffi.CoreCall
import sealwood.ffi.CoreException
import sealwood.ffi.Disposable
import sealwood.ffi.HostProgress

/**
 * How far a call is: in bytes, or where an engine counts rows in rows.
 *
 * @property done how much is done; never falls, and ends at [total].
 * @property total how much there is in all, where it is known.
 */
public data class Progress(public val done: Long, public val total: Long?)

/** Hears of progress, on any thread. What it throws ends the call, which fails with it. */
public typealias OnProgress = (Progress) -> Unit

/** Runs one call of the core. */
internal suspend fun <T> call(onProgress: OnProgress? = null, block: suspend (CoreCall) -> T): T =
    Call(onProgress).use { it.run(block) }

/** A call of the core, or the several calls of one stream. */
internal class Call(onProgress: OnProgress?) : AutoCloseable {
    private val listener = onProgress?.let(::ProgressHost)
    private val core = CoreCall(listener)

    init {
        listener?.cancel = core::cancel
    }

    /**
     * Runs [block] off the caller's thread: sealing and opening take time. Cancelling the coroutine
     * cancels the call; a handle that came all the same is released, as nobody gets it.
     */
    suspend fun <T> run(block: suspend (CoreCall) -> T): T {
        var came: Any? = null
        try {
            return withContext(Dispatchers.Default) { runHere { core -> block(core).also { came = it } } }
        } catch (thrown: Throwable) {
            (came as? Disposable)?.let { withContext(NonCancellable + Dispatchers.Default) { it.destroy() } }
            throw thrown
        }
    }

    /** The same on the caller's thread, for callers that block a thread others may wait for. */
    suspend fun <T> runHere(block: suspend (CoreCall) -> T): T =
        try {
            typed { block(core) }.also { listener?.thrown?.let { throw it } }
        } catch (cancellation: CancellationException) {
            core.cancel()
            throw cancellation
        } catch (error: SealwoodException) {
            throw listener?.thrown ?: error
        }

    override fun close(): Unit = core.close()
}

/** Runs [block] with the errors of the generated layer as those of the API. */
internal inline fun <T> typed(block: () -> T): T =
    try {
        block()
    } catch (error: CoreException.Failed) {
        throw error.api()
    } catch (cancellation: CancellationException) {
        throw cancellation
    } catch (unpaired: CharacterCodingException) {
        // Half a surrogate pair, which UTF-8 cannot say.
        throw SealwoodException(SealwoodException.INVALID_ARGUMENT, "text is Unicode", cause = unpaired)
    } catch (released: IllegalStateException) {
        // What the generated layer says of a handle that was released.
        throw SealwoodException("closed", "closed", cause = released)
    }

/** The error as that of the API. */
internal fun CoreException.api(): SealwoodException =
    when (this) {
        is CoreException.Failed -> SealwoodException(code, reason, path, cause)
    }

/** Runs [block] with [bytes] where native code can read them, wiped afterwards. */
internal inline fun <T> lending(bytes: ByteArray, block: (ByteBuffer) -> T): T {
    val buffer = ByteBuffer.allocateDirect(bytes.size).put(bytes).apply { flip() }
    try {
        return typed { block(buffer) }
    } finally {
        buffer.clear()
        repeat(buffer.capacity()) { buffer.put(0) }
    }
}

/** [value] for a place where the core has no sign. */
internal fun unsigned(value: Long, what: String): ULong {
    if (value < 0) {
        throw SealwoodException(SealwoodException.INVALID_ARGUMENT, "$what is negative")
    }
    return value.toULong()
}

/** The same number for a place with a sign; [Long.MAX_VALUE] stands for that and more. */
internal fun ULong.signed(): Long = minOf(this, Long.MAX_VALUE.toULong()).toLong()

private class ProgressHost(private val hear: OnProgress) : HostProgress {
    /** What the app's function threw. */
    @Volatile var thrown: Throwable? = null

    @Volatile var cancel: () -> Unit = {}

    override fun report(done: ULong, total: ULong?) {
        if (thrown != null) return
        try {
            hear(Progress(done.signed(), total?.signed()))
        } catch (thrown: Throwable) {
            this.thrown = thrown
            cancel()
        }
    }
}
