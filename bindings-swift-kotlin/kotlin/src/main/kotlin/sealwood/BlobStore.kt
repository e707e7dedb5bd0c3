package sealwood

import java.nio.file.Path
import sealwood.ffi.CoreStore

/**
 * A place for objects: the core's own, or one the app implements.
 *
 * A store maps keys (1 to 255 bytes of `[a-z0-9/_-]`) to byte strings. It is trusted with nothing:
 * it may lose, alter or withhold, and the vault notices. [Sealwood.checkStore] says whether an
 * implementation keeps the contract.
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
     */
    public suspend fun getRange(key: String, offset: Long, length: Long): ByteArray

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
     * Up to [limit] (1 to 1,000) objects whose keys start with [prefix] and come after [startAfter],
     * ascending.
     */
    public suspend fun list(
        prefix: String,
        startAfter: String? = null,
        limit: Int = LIST_LIMIT_MAX,
    ): ObjectPage

    /** What is known of the object at [key], or `null` if there is none. */
    public suspend fun head(key: String): ObjectMeta?

    /** Makes everything acknowledged so far durable. */
    public suspend fun flush() {}

    /** Whether [flush] would have anything to do. */
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
         * `store-locked`. Any number of vaults may live in one.
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
 */
public data class ObjectMeta(public val key: String, public val size: Long)

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
