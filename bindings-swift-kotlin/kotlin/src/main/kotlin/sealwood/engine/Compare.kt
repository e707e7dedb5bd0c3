package sealwood.engine

import sealwood.ffi.CoreCompared
import sealwood.ffi.CoreComparedEngines
import sealwood.ffi.CoreDifferenceKind
import sealwood.ffi.CoreNamespaceDifference
import sealwood.ffi.CoreNamespaceDifferenceKind
import sealwood.ffi.CoreRowDifference
import sealwood.signed

/**
 * What a comparison has looked at and found.
 *
 * @property differences how many rows differ.
 * @property rowsRead how many rows were read: none where the hashes are the same.
 * @property first the first of them in the order of their keys, and no further ones once these have 8 MiB.
 */
public class Compared(
    public val differences: Long,
    public val rowsRead: Long,
    public val first: List<RowDifference>,
) {
    internal constructor(core: CoreCompared) :
        this(core.differences.signed(), core.rowsRead.signed(), core.first.map(::RowDifference))
}

/**
 * A row in which two namespaces differ.
 *
 * @property kind in what.
 * @property key its key.
 */
public class RowDifference(public val kind: Kind, public val key: ByteArray) {
    /** In what a row differs. */
    public enum class Kind {
        /** The first alone has it. */
        ONLY_FIRST,

        /** The second alone has it. */
        ONLY_SECOND,

        /** Both have it, with different values. */
        VALUE,
    }

    internal constructor(core: CoreRowDifference) : this(
        when (core.kind) {
            CoreDifferenceKind.ONLY_FIRST -> Kind.ONLY_FIRST
            CoreDifferenceKind.ONLY_SECOND -> Kind.ONLY_SECOND
            CoreDifferenceKind.VALUE -> Kind.VALUE
        },
        core.key,
    )
}

/**
 * What a comparison of engines has looked at and found.
 *
 * @property namespaces how many namespaces were compared.
 * @property missing how many only one of the two has.
 * @property notCounted how many could not be compared: one of the two does not track them, or has not
 *   counted all rows yet.
 * @property differences how many rows differ.
 * @property rowsRead how many rows were read: none where the hashes are the same.
 * @property first the first of what differs, in the order of namespaces and of keys, and no further once
 *   the names and keys have 8 MiB.
 */
public class ComparedEngines(
    public val namespaces: Long,
    public val missing: Long,
    public val notCounted: Long,
    public val differences: Long,
    public val rowsRead: Long,
    public val first: List<NamespaceDifference>,
) {
    internal constructor(core: CoreComparedEngines) : this(
        core.namespaces.signed(),
        core.missing.signed(),
        core.notCounted.signed(),
        core.differences.signed(),
        core.rowsRead.signed(),
        core.first.map(::NamespaceDifference),
    )
}

/**
 * In what a namespace of two engines differs.
 *
 * @property kind in what.
 * @property namespace its name.
 * @property row the row, where the kind is [Kind.ROW]; else `null`.
 */
public class NamespaceDifference(
    public val kind: Kind,
    public val namespace: String,
    public val row: RowDifference?,
) {
    /** In what a namespace differs. */
    public enum class Kind {
        /** The first engine alone has it. */
        ONLY_FIRST,

        /** The second engine alone has it. */
        ONLY_SECOND,

        /** Nobody knows: not all rows of both are counted. */
        NOT_COUNTED,

        /** In a row. */
        ROW,
    }

    internal constructor(core: CoreNamespaceDifference) : this(
        when (core.kind) {
            CoreNamespaceDifferenceKind.ONLY_FIRST -> Kind.ONLY_FIRST
            CoreNamespaceDifferenceKind.ONLY_SECOND -> Kind.ONLY_SECOND
            CoreNamespaceDifferenceKind.NOT_COUNTED -> Kind.NOT_COUNTED
            CoreNamespaceDifferenceKind.ROW -> Kind.ROW
        },
        core.namespace,
        core.row?.let(::RowDifference),
    )
}
