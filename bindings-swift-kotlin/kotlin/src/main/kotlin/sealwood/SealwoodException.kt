package sealwood

/**
 * What went wrong: in the core, in a store, or in an argument.
 *
 * A [BlobStore] of the app's throws it with a code of the contract, such as [OBJECT_MISSING].
 *
 * @property code the stable code, the same in every language; `docs/ERRORS.md` has them all.
 * @property message what happened, for developers; it holds no path, name or key.
 * @property path the path it is about, where there is one.
 */
public class SealwoodException(
    public val code: String,
    override val message: String = code,
    public val path: String? = null,
    cause: Throwable? = null,
) : Exception(message, cause) {
    /** The codes a store of the app's may fail with. Any other becomes `store-failed`. */
    public companion object {
        /** There is no object at the key. */
        public const val OBJECT_MISSING: String = "object-missing"

        /** The object ends at or before the offset. */
        public const val OBJECT_TRUNCATED: String = "object-truncated"

        /** The condition of a put does not hold. */
        public const val PRECONDITION_FAILED: String = "precondition-failed"

        /** There is no room left. */
        public const val STORE_FULL: String = "store-full"

        /** The credentials are refused. */
        public const val STORE_DENIED: String = "store-denied"

        /** No answer in time; trying again may help. */
        public const val STORE_UNAVAILABLE: String = "store-unavailable"

        /** The store did not say whether the put took effect. */
        public const val OUTCOME_UNKNOWN: String = "outcome-unknown"

        /** An argument is outside its limits. */
        public const val INVALID_ARGUMENT: String = "invalid-argument"
    }
}
