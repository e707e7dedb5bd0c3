package sealwood.engine

import sealwood.ffi.CoreEventKind
import sealwood.ffi.CoreWatchEvent
import sealwood.signed

/**
 * A change.
 *
 * @property revision the revision that it made.
 * @property kind what happened.
 * @property key the key; of a rename the prefix.
 * @property to of a rename the other prefix, else `null`.
 */
public class WatchEvent(
    public val revision: Long,
    public val kind: Kind,
    public val key: ByteArray,
    public val to: ByteArray?,
) {
    /** What happens to a key. */
    public enum class Kind {
        /** It got a value. */
        PUT,

        /** It went. */
        DELETE,

        /** Its expiry changed. */
        EXPIRE,

        /** All keys that began with it begin with another prefix. */
        RENAME,
    }

    internal constructor(core: CoreWatchEvent) : this(
        revision = core.revision.signed(),
        kind = when (core.kind) {
            CoreEventKind.Put -> Kind.PUT
            CoreEventKind.Delete -> Kind.DELETE
            CoreEventKind.Expire -> Kind.EXPIRE
            is CoreEventKind.Rename -> Kind.RENAME
        },
        key = core.key,
        to = (core.kind as? CoreEventKind.Rename)?.to,
    )
}
