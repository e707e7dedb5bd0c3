package sealwood.engine

import sealwood.ffi.CoreAccess
import sealwood.ffi.CoreBackground
import sealwood.ffi.CoreEngineConfig
import sealwood.ffi.CoreRecoveryMode
import sealwood.unsigned

/**
 * What an engine is opened with. An app needs none of it: what is `null` is as the engine would have it.
 * Beyond its limits a setting is an `invalid-argument` of the open.
 *
 * @property access whether others are kept out, or may read too and nothing is written.
 * @property recovery where the index comes from.
 * @property background who checkpoints, compacts and counts rows.
 * @property separatedBytesMin from which size on values have files of their own, in bytes: 1 to 16 MiB;
 *   128 KiB if `null`.
 * @property memoryBytesMax how much of the index is kept in memory, in bytes; 64 MiB if `null`.
 * @property namespacesMax the most namespaces there may be: 1 to 65,536; 1,024 if `null`.
 * @property checkpointIdleMs how long after the last write the engine works by itself, in milliseconds: 1
 *   to a day; 500 if `null`.
 * @property watchEventsMax how many changes are kept for watches: at most 1,048,576; 4,096 if `null`.
 * @property watchBytesMax how much memory these may take, in bytes: at most 1 GiB; 4 MiB if `null`.
 */
public data class EngineConfig(
    public val access: Access = Access.READ_WRITE,
    public val recovery: Recovery = Recovery.CHECKPOINT,
    public val background: Background = Background.AUTOMATIC,
    public val separatedBytesMin: Long? = null,
    public val memoryBytesMax: Long? = null,
    public val namespacesMax: Int? = null,
    public val checkpointIdleMs: Int? = null,
    public val watchEventsMax: Int? = null,
    public val watchBytesMax: Long? = null,
) {
    /** What others may do with the directory meanwhile. */
    public enum class Access {
        /** Others are kept out. */
        READ_WRITE,

        /** Nothing is written, and others may read too. */
        READ_ONLY,
    }

    /** Where the index comes from. */
    public enum class Recovery {
        /** The last checkpoint and the log after it. */
        CHECKPOINT,

        /** The whole log, where frames are damaged. */
        REBUILD,

        /** All that is whole, whatever is damaged; only with [Access.READ_ONLY]. */
        PASS_OVER,
    }

    /** Who does what nobody waits for. */
    public enum class Background {
        /** The engine, a while after the last write. */
        AUTOMATIC,

        /** The app, which calls [Engine.maintain]. */
        MANUAL,
    }

    internal fun core() = CoreEngineConfig(
        access = when (access) {
            Access.READ_WRITE -> CoreAccess.READ_WRITE
            Access.READ_ONLY -> CoreAccess.READ_ONLY
        },
        recovery = when (recovery) {
            Recovery.CHECKPOINT -> CoreRecoveryMode.CHECKPOINT
            Recovery.REBUILD -> CoreRecoveryMode.REBUILD
            Recovery.PASS_OVER -> CoreRecoveryMode.PASS_OVER
        },
        background = when (background) {
            Background.AUTOMATIC -> CoreBackground.AUTOMATIC
            Background.MANUAL -> CoreBackground.MANUAL
        },
        separatedBytesMin = separatedBytesMin?.let { unsigned(it, "separatedBytesMin") },
        memoryBytesMax = memoryBytesMax?.let { unsigned(it, "memoryBytesMax") },
        namespacesMax = namespacesMax?.let { unsigned(it.toLong(), "namespacesMax").toUInt() },
        checkpointIdleMs = checkpointIdleMs?.let { unsigned(it.toLong(), "checkpointIdleMs").toUInt() },
        watchEventsMax = watchEventsMax?.let { unsigned(it.toLong(), "watchEventsMax").toUInt() },
        watchBytesMax = watchBytesMax?.let { unsigned(it, "watchBytesMax") },
    )
}
