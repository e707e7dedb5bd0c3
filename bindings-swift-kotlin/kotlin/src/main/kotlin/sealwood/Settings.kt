package sealwood

import sealwood.ffi.CoreConfig
import sealwood.ffi.CoreS3
import sealwood.ffi.CoreStats

/**
 * How a vault is created and held in memory. What is `null` is as the core would have it.
 *
 * @property chunkBytes the size of a chunk of a new vault: a power of two from 128 KiB to 16 MiB.
 * @property kdf the cost of guessing the passphrase of a new vault.
 * @property kdfCeiling what a passphrase may cost, in opening and in creating: its memory, and its
 *   work (memory times passes). Four times the core's own cost unless given.
 * @property memoryBudgetBytes about how many bytes of directory nodes stay in memory.
 * @property packBytesMax the most bytes one pack holds.
 * @property extentBytesMax the most bytes of content one extent holds: at least a chunk, at most 64
 *   chunks and 64 MiB. A put has up to five extents in memory.
 */
public data class VaultConfig(
    public val chunkBytes: Int? = null,
    public val kdf: Kdf = Kdf(),
    public val kdfCeiling: KdfCeiling = KdfCeiling(),
    public val memoryBudgetBytes: Long? = null,
    public val packBytesMax: Long? = null,
    public val extentBytesMax: Int? = null,
) {
    /**
     * The cost of guessing a passphrase.
     *
     * @property memoryKib memory that one guess takes, in KiB.
     * @property passes passes over that memory.
     * @property lanes lanes of that memory.
     */
    public data class Kdf(
        public val memoryKib: Int? = null,
        public val passes: Int? = null,
        public val lanes: Int? = null,
    )

    /**
     * The most that a passphrase may cost.
     *
     * @property memoryKib memory, in KiB.
     * @property passes passes over that memory.
     */
    public data class KdfCeiling(
        public val memoryKib: Int? = null,
        public val passes: Int? = null,
    )

    internal fun core() = CoreConfig(
        chunkBytes = chunkBytes?.let { unsigned(it.toLong(), "chunkBytes").toUInt() },
        memoryKib = kdf.memoryKib?.let { unsigned(it.toLong(), "memoryKib").toUInt() },
        passes = kdf.passes?.let { unsigned(it.toLong(), "passes").toUInt() },
        lanes = kdf.lanes?.let { unsigned(it.toLong(), "lanes").toUInt() },
        ceilingMemoryKib = kdfCeiling.memoryKib?.let { unsigned(it.toLong(), "memoryKib").toUInt() },
        ceilingPasses = kdfCeiling.passes?.let { unsigned(it.toLong(), "passes").toUInt() },
        memoryBudgetBytes = memoryBudgetBytes?.let { unsigned(it, "memoryBudgetBytes") },
        packBytesMax = packBytesMax?.let { unsigned(it, "packBytesMax") },
        extentBytesMax = extentBytesMax?.let { unsigned(it.toLong(), "extentBytesMax").toUInt() },
    )
}

/**
 * Which bucket, where, and on whose behalf.
 *
 * @property region the region that requests are signed for.
 * @property bucket the bucket.
 * @property accessKeyId the access key.
 * @property secretAccessKey the secret of the access key.
 * @property sessionToken the token of a session's key; an empty one is none.
 * @property endpoint the URL of the service; that of Amazon S3 if `null`.
 * @property prefix what all keys start with, without the `/` after it.
 * @property pathStyle whether the bucket stands in the path rather than in the host; if `null`, it
 *   does where an endpoint is given or the bucket's name has a dot.
 * @property allowHttp whether an endpoint that is not this machine may be reached without TLS.
 * @property signedUrls whether signatures stand in URLs, where servers may log them, instead of headers.
 * @property idleTimeoutMs how long no byte of a request may move before it counts as failed; 20,000 if
 *   `null`. A request on which bytes move may take any time. Unless this or what follows is set, a
 *   server that never answers fails a call within two minutes.
 * @property requestsMax the most requests under way at once, at least 1; 16 if `null`. A store begins
 *   with 4, and has as many as the link and the server bear.
 * @property attemptsMax how often a call is tried while the server is unavailable, at least 1; 6 if
 *   `null`.
 * @property retryAfterMaxMs the longest wait that a server may ask for before the next try; 60,000 if
 *   `null`.
 * @property giveUpAfterMs how long after the first failure of a call another try may begin, without the
 *   waits that the server asked for; 30,000 if `null`.
 * @property caBundle certificates in PEM that are trusted in place of the built-in ones, for a server
 *   with a private authority.
 */
public class S3Config(
    public val region: String,
    public val bucket: String,
    public val accessKeyId: String,
    public val secretAccessKey: String,
    public val sessionToken: String? = null,
    public val endpoint: String? = null,
    public val prefix: String? = null,
    public val pathStyle: Boolean? = null,
    public val allowHttp: Boolean = false,
    public val signedUrls: Boolean = false,
    public val idleTimeoutMs: Int? = null,
    public val requestsMax: Int? = null,
    public val attemptsMax: Int? = null,
    public val retryAfterMaxMs: Int? = null,
    public val giveUpAfterMs: Int? = null,
    public val caBundle: String? = null,
) {
    internal fun core() = CoreS3(
        endpoint = endpoint,
        region = region,
        bucket = bucket,
        prefix = prefix,
        pathStyle = pathStyle,
        accessKeyId = accessKeyId,
        secretAccessKey = secretAccessKey,
        sessionToken = sessionToken,
        allowHttp = allowHttp,
        signedUrls = signedUrls,
        idleTimeoutMs = idleTimeoutMs?.let { unsigned(it.toLong(), "idleTimeoutMs").toUInt() },
        requestsMax = requestsMax?.let { unsigned(it.toLong(), "requestsMax").toUInt() },
        attemptsMax = attemptsMax?.let { unsigned(it.toLong(), "attemptsMax").toUInt() },
        retryAfterMaxMs = retryAfterMaxMs?.let { unsigned(it.toLong(), "retryAfterMaxMs").toUInt() },
        giveUpAfterMs = giveUpAfterMs?.let { unsigned(it.toLong(), "giveUpAfterMs").toUInt() },
        caBundle = caBundle,
    )
}

/**
 * Figures of an open vault.
 *
 * @property sequence how many commits the vault has seen in its life, by any writer, as far as this
 *   session knows.
 * @property tailOperations operations that are committed and not yet in nodes.
 * @property chunkBytes the size of a chunk, in bytes.
 * @property futureCommitMs the time of the last commit of another session that this one has read, in
 *   milliseconds since 1970, if it was more than 5 minutes ahead of this device's clock then: one of
 *   the two clocks is wrong. Else `null`.
 * @property indexRequests root puts of this session, and its packs that hold nodes only.
 * @property indexBytes bytes of roots and of sealed nodes.
 * @property contentRequests packs that hold content.
 * @property contentBytes bytes of sealed content in packs.
 * @property commits commits that took effect.
 * @property spills commits that wrote nodes.
 * @property conflicts commits that lost a race and were repeated.
 */
public data class VaultStats(
    public val sequence: Long,
    public val tailOperations: Long,
    public val chunkBytes: Long,
    public val futureCommitMs: Long?,
    public val indexRequests: Long,
    public val indexBytes: Long,
    public val contentRequests: Long,
    public val contentBytes: Long,
    public val commits: Long,
    public val spills: Long,
    public val conflicts: Long,
) {
    internal constructor(core: CoreStats) : this(
        sequence = core.sequence.signed(),
        tailOperations = core.tailOperations.signed(),
        chunkBytes = core.chunkBytes.signed(),
        futureCommitMs = core.futureCommitMs,
        indexRequests = core.indexRequests.signed(),
        indexBytes = core.indexBytes.signed(),
        contentRequests = core.contentRequests.signed(),
        contentBytes = core.contentBytes.signed(),
        commits = core.commits.signed(),
        spills = core.spills.signed(),
        conflicts = core.conflicts.signed(),
    )
}
