package sealwood

import sealwood.ffi.CoreTree

/** One state of a vault, or a directory opened from a link. It never changes. */
public class Snapshot private constructor(private val tree: NativeTree) :
    Tree by tree, AutoCloseable {
    internal constructor(core: CoreTree) : this(NativeTree(core))

    /** Releases it. */
    override fun close(): Unit = tree.close()

    public companion object {
        /** The directory that the 56 bytes of [link] name, from [Vault.link]; its paths start there. */
        public fun shared(store: BlobStore, link: ByteArray): Snapshot =
            store.lend { core -> Snapshot(lending(link) { CoreTree.shared(core, it) }) }
    }
}
