package sealwood.engine

import sealwood.Lease
import sealwood.ffi.CoreDomain
import sealwood.ffi.coreBucketOf
import sealwood.lending
import sealwood.typed

/**
 * Where rows belong, and with which secret they are hashed. The name is part of every element: the same
 * row in two domains is two elements.
 */
public class Domain private constructor(private val core: CoreDomain) : AutoCloseable {
    internal val lease = Lease(core)

    /**
     * The domain of a name of up to 255 bytes, else `domain-length`. Anybody can compute its elements.
     */
    public constructor(name: ByteArray) : this(typed { CoreDomain(name) })

    /** The name. */
    public val name: ByteArray
        get() = typed { core.name() }

    /** Whether there is a secret. */
    public val isKeyed: Boolean
        get() = typed { core.isKeyed() }

    /** Wipes and releases it. */
    override fun close(): Unit = lease.close()

    public companion object {
        /**
         * The domain of a name under a secret of 32 bytes, else `invalid-argument`: who does not know it
         * can neither guess rows from a hash nor make rows for one.
         */
        public fun keyed(secret: ByteArray, name: ByteArray): Domain =
            Domain(lending(secret) { CoreDomain.keyed(it, name) })
    }
}

/** The bucket of a key, 0 to 255. */
public fun bucketOf(key: ByteArray): Int = coreBucketOf(key).toInt()
