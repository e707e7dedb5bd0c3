package sealwood.conformance

import java.util.concurrent.ConcurrentHashMap
import sealwood.BlobStore

/** What a scenario has given names to. */
class World {
    private val values = ConcurrentHashMap<String, Any>()

    /** Gives [value] the name of its kind [name]. */
    operator fun set(name: String?, value: Any) {
        if (name != null) values["${value::class.simpleName} $name"] = value
    }

    /** What of the kind [T] has the name. */
    inline operator fun <reified T : Any> get(name: String): T =
        checkNotNull(find(name)) { "no ${T::class.simpleName} is called $name" }

    /** What of the kind [T] has the name, if anything. */
    inline fun <reified T : Any> find(name: String): T? = lookUp("${T::class.simpleName} $name") as T?

    @PublishedApi internal fun lookUp(key: String): Any? = values[key]
}

/** A store, and its other face if the runner wrote it. */
class Store(val blobs: BlobStore, val host: HostStore? = null)

/** A tag of an object. */
class Etag(val text: String)

/** A link, or nothing if the directory was empty. */
class Link(val bytes: ByteArray?)

/** Words. */
class Phrase(val words: String)

/** Keys of a listing. */
class Keys(val keys: List<String>)

/** A number of calls. */
class Calls(val count: Int)
