package sealwood

/**
 * A handle that calls take as an argument. The generated layer keeps a handle from being released
 * under its own methods, but not under a call that it is passed to, which would read it after it is
 * gone. So a call holds it, and it is released once it is closed and nobody holds it.
 */
internal class Lease<T : AutoCloseable>(private val handle: T) : AutoCloseable {
    private var closed = false
    private var holders = 0

    /** Runs [block] with the handle; fails with `closed` if it was closed. */
    inline fun <R> hold(block: (T) -> R): R {
        acquire()
        try {
            return block(handle)
        } finally {
            release()
        }
    }

    @Synchronized
    override fun close() {
        if (!closed && holders == 0) handle.close()
        closed = true
    }

    @Synchronized
    private fun acquire() {
        if (closed) throw SealwoodException("closed")
        holders += 1
    }

    @Synchronized
    private fun release() {
        holders -= 1
        if (closed && holders == 0) handle.close()
    }
}
