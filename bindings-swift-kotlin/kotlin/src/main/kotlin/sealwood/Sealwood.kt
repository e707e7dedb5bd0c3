package sealwood

import sealwood.ffi.CoreLogLevel
import sealwood.ffi.HostLogger
import sealwood.ffi.coreGenerateSecret
import sealwood.ffi.corePhraseOfSecret
import sealwood.ffi.coreSecretOfPhrase
import sealwood.ffi.coreSetLogger
import sealwood.ffi.coreVersion

/** What concerns the library as a whole. */
public object Sealwood {
    /** The version of the core. */
    public val version: String
        get() = coreVersion()

    /** A new secret: 32 random bytes, which the app keeps safe and wipes after use. */
    public fun generateSecret(): ByteArray = typed { coreGenerateSecret() }

    /** The 24 words of a secret of 32 bytes. */
    public fun phraseOfSecret(secret: ByteArray): String = lending(secret, ::corePhraseOfSecret)

    /** The 32 bytes behind 24 words. */
    public fun secretOfPhrase(words: String): ByteArray =
        lending(words.toByteArray(), ::coreSecretOfPhrase)

    /**
     * Passes log messages up to [level] to [logger] from now on, or to nobody. There is one logger a
     * process, called on any thread; what it throws is ignored. No message holds a path, a name, a
     * key or a secret.
     */
    public fun setLogger(level: LogLevel, logger: ((LogLevel, String) -> Unit)?) {
        coreSetLogger(CoreLogLevel.valueOf(level.name), logger?.let(::LoggerHost))
    }

    /**
     * Runs the conformance suite of stores on [store], below keys that start with [prefix], and
     * returns the number of promises kept. Fails with `store-failed`, naming the first that is not.
     */
    public suspend fun checkStore(store: BlobStore, prefix: String): Int =
        store.lend { core -> call { core.check(prefix, it).toInt() } }
}

/** How much a log message matters. */
public enum class LogLevel {
    /** Something failed for good. */
    ERROR,

    /** Something failed and is tried again. */
    WARN,

    /** Something rare happened, such as a lost race. */
    INFO,

    /** What each commit does. */
    DEBUG,

    /** What each request does. */
    TRACE,
}

private class LoggerHost(private val hear: (LogLevel, String) -> Unit) : HostLogger {
    override fun log(level: CoreLogLevel, message: String): Unit = answering {
        hear(LogLevel.valueOf(level.name), message)
    }
}
