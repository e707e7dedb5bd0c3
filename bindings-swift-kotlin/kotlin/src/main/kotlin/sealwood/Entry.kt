package sealwood

import sealwood.ffi.CoreEntry
import sealwood.ffi.CoreEntryKind
import sealwood.ffi.CorePage
import sealwood.ffi.CorePutOptions

/** What an entry is. */
public enum class EntryKind {
    /** A file. */
    FILE,

    /** A directory. */
    DIRECTORY,
}

/**
 * A file or a directory.
 *
 * @property path where it is; empty for the top directory.
 * @property name the last segment of the path.
 * @property kind what it is.
 * @property size the size of the content in bytes; 0 for a directory. [Long.MAX_VALUE] stands for
 *   that and more.
 * @property modifiedMs when it was last modified, in milliseconds since 1970, negative before.
 * @property contentType the media type the app gave it.
 * @property metadata what else the app attached to it.
 */
public data class EntryInfo(
    public val path: String,
    public val name: String,
    public val kind: EntryKind,
    public val size: Long,
    public val modifiedMs: Long,
    public val contentType: String?,
    public val metadata: Map<String, String>,
) {
    internal constructor(core: CoreEntry) : this(
        path = core.path,
        name = core.name,
        kind = when (core.kind) {
            CoreEntryKind.FILE -> EntryKind.FILE
            CoreEntryKind.DIRECTORY -> EntryKind.DIRECTORY
        },
        size = core.size.signed(),
        modifiedMs = core.modifiedMs,
        contentType = core.contentType,
        metadata = core.metadata,
    )
}

/**
 * One page of a directory.
 *
 * @property entries entries ascending by the bytes of their names.
 * @property next where the next page starts: `after` of the next call. `null` at the end.
 */
public data class ListPage(public val entries: List<EntryInfo>, public val next: String?) {
    internal constructor(core: CorePage) : this(core.entries.map(::EntryInfo), core.next)
}

/**
 * How a put is done.
 *
 * @property contentType the media type, at most 255 bytes.
 * @property metadata free pairs, at most 4,096 bytes of keys and values.
 * @property modifiedMs the modification time in milliseconds since 1970, negative before, at most
 *   8,640,000,000,000,000 away from it; now by this device's clock if `null`.
 * @property deferred whether the change may wait for the next [Vault.flush].
 * @property sizeHint the size of a stream, where it is known, for progress alone.
 */
public data class PutOptions(
    public val contentType: String? = null,
    public val metadata: Map<String, String> = emptyMap(),
    public val modifiedMs: Long? = null,
    public val deferred: Boolean = false,
    public val sizeHint: Long? = null,
) {
    internal fun core() = CorePutOptions(
        contentType = contentType,
        metadata = metadata,
        modifiedMs = modifiedMs,
        deferred = deferred,
        sizeHint = sizeHint?.let { unsigned(it, "sizeHint") },
    )
}
