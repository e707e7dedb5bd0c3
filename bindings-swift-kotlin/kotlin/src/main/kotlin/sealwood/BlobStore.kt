package sealwood

import java.nio.file.Path
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import sealwood.ffi.CoreStore

/** How many deletes of one [BlobStore.deleteMany] are under way at a time, by default. */
private const val DELETES_AT_ONCE_MAX = 8

/**
 * A place for objects: the core's own, or one the app implements.
 *
 * A store maps keys (1 to 255 bytes of `[a-z0-9/_-]`) to byte strings. It is trusted with nothing:
 * it may lose, alter or withhold, and the vault notices. [Sealwood.checkStore] says whether an
 * implementation keeps the contract. [get], [put], [delete] and [list] are what a store must have; the
 * rest works by these until it is overridden.
 *
 * Methods of an app's store are called on `Dispatchers.Default`, several at a time; one that blocks
 * moves to `Dispatchers.IO` itself. It fails with a [SealwoodException] of one of the codes named
 * there; whatever else it throws becomes `store-failed`. When the call it works for is cancelled, its
 * coroutine is cancelled too: the operation then happened wholly or not at all.
 */
public interface BlobStore {
    /** The object at [key]; `object-missing` if there is none. */
    public suspend fun get(key: String): StoredObject

    /**
     * [length] bytes of the object at [key] from [offset] on; fewer where the object ends first.
     * `object-missing` if there is no object, `object-truncated` if it ends at or before [offset].
     * By default the whole object is got.
     */
    public suspend fun getRange(key: String, offset: Long, length: Long): ByteArray {
        val bytes = get(key).bytes
        if (offset >= bytes.size) throw SealwoodException(SealwoodException.OBJECT_TRUNCATED)
        val end = offset + minOf(length, bytes.size - offset)
        return bytes.copyOfRange(offset.toInt(), end.toInt())
    }

    /**
     * Writes the object at [key] whole and durably if [precondition] holds, and returns its tag;
     * `precondition-failed` otherwise. Readers see the old object or the new one, never a mix. Bytes
     * that go over a network go with a checksum, such as `Content-MD5`: what arrives damaged is not
     * stored, and the put fails with `store-unavailable`.
     */
    public suspend fun put(
        key: String,
        bytes: ByteArray,
        precondition: Precondition = Precondition.None,
    ): String

    /** Removes the object at [key]; succeeds if there is none. */
    public suspend fun delete(key: String)

    /**
     * Removes the objects at [keys], up to 1,000 of an app's store, as [delete] does; returns those that
     * were not removed, or of which nobody knows. If it throws, nobody knows of any. By default they are
     * deleted one by one, up to 8 at a time.
     */
    public suspend fun deleteMany(keys: List<String>): List<NotDeleted> =
        keys.chunked(DELETES_AT_ONCE_MAX).flatMap { some ->
            coroutineScope { some.map { async { notDeleted(it) } }.awaitAll().filterNotNull() }
        }

    /**
     * Up to [limit] (1 to 1,000) objects whose keys start with [prefix] and come after [startAfter],
     * ascending.
     */
    public suspend fun list(
        prefix: String,
        startAfter: String? = null,
        limit: Int = LIST_LIMIT_MAX,
    ): ObjectPage

    /** What is known of the object at [key], or `null` if there is none. By default it is listed. */
    public suspend fun head(key: String): ObjectMeta? =
        // What a key starts comes after it.
        list(key, null, 1).objects.firstOrNull()?.takeIf { it.key == key }

    /** Makes everything acknowledged so far durable. By default each call has done so. */
    public suspend fun flush() {}

    /**
     * Whether [flush] would have anything to do; it is not called otherwise. A store with a [flush] of its
     * own overrides this too: by default it never has.
     */
    public val needsFlush: Boolean
        get() = false

    public companion object {
        /** The most objects one page of a listing holds. */
        public const val LIST_LIMIT_MAX: Int = 1000

        /** Objects in memory. */
        public fun memory(): NativeStore = NativeStore(CoreStore.memory())

        /**
         * The local store in a directory, which is made if there is none: crash-safe, with every read
         * checked. It has the directory to itself, in this process and among others, until
         * [NativeStore.shutdown], or until the store and the vaults in it are closed; anybody else gets
         * `store-locked`. Any number of vaults may live in one. A store that opens for a coroutine that
         * was cancelled meanwhile frees its directory at once.
         */
        public suspend fun local(path: String): NativeStore =
            NativeStore(call { CoreStore.local(path, it) })

        /** The local store in a directory; see the other function of this name. */
        public suspend fun local(path: Path): NativeStore = local(path.toString())

        /**
         * Objects as plain files of a directory, which is made if there is none. Several processes may
         * use them at once, Node among them.
         */
        public suspend fun directory(path: String): NativeStore =
            NativeStore(call { CoreStore.directory(path, it) })

        /** Objects as plain files of a directory; see the other function of this name. */
        public suspend fun directory(path: Path): NativeStore = directory(path.toString())

        /** Objects of a bucket. Requests that fail for a moment are tried again. */
        public fun s3(config: S3Config): NativeStore =
            NativeStore(typed { CoreStore.s3(config.core()) })

        /**
         * The app's own [store] behind the checks that a vault puts before it: of keys and other
         * arguments, and of answers. A vault does this by itself.
         */
        public fun custom(store: BlobStore): NativeStore =
            store as? NativeStore ?: NativeStore(CoreStore.custom(StoreHost(store)))
    }
}

/**
 * An object and its tag.
 *
 * @property bytes the whole content.
 * @property etag the tag of this state of it: equal tags mean equal bytes.
 */
public class StoredObject(public val bytes: ByteArray, public val etag: String)

/**
 * What is known of an object without reading it.
 *
 * @property key its key.
 * @property size its size, in bytes. [Long.MAX_VALUE] stands for that and more.
 * @property modifiedMs when it was last put by the clock of the store, in milliseconds since 1970,
 *   perhaps to the second only; `null` if the store does not tell.
 * @property etag the tag of this state; `null` if the store would have to read the object for it.
 */
public data class ObjectMeta(
    public val key: String,
    public val size: Long,
    public val modifiedMs: Long? = null,
    public val etag: String? = null,
)

/**
 * An object that was not deleted, or of which nobody knows.
 *
 * @property key its key.
 * @property error why it may still be there.
 */
public class NotDeleted(public val key: String, public val error: SealwoodException) {
    /** The object at [key], whose delete threw [thrown]. */
    public constructor(key: String, thrown: Throwable) : this(
        key,
        thrown as? SealwoodException
            ?: SealwoodException("store-failed", thrown.toString(), cause = thrown),
    )
}

private suspend fun BlobStore.notDeleted(key: String): NotDeleted? =
    try {
        delete(key)
        null
    } catch (thrown: Throwable) {
        // Unless it is we who are cancelled.
        currentCoroutineContext().ensureActive()
        NotDeleted(key, thrown)
    }

/**
 * One page of a listing.
 *
 * @property objects objects in ascending order of their keys.
 * @property next where to go on: `startAfter` of the next call. `null` at the end.
 */
public data class ObjectPage(public val objects: List<ObjectMeta>, public val next: String?)

/** What must hold for a put to take effect. */
public sealed interface Precondition {
    /** Nothing: create or replace. */
    public data object None : Precondition

    /** There is no object at the key. */
    public data object Absent : Precondition

    /**
     * The object at the key has this tag.
     *
     * @property etag the tag.
     */
    public data class Matches(public val etag: String) : Precondition
}
