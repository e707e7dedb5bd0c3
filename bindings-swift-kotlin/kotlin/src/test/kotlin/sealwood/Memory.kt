package sealwood

import com.sun.jna.Function
import java.io.File
import org.junit.jupiter.api.Assertions.assertTrue

const val MIB = 1L shl 20

/**
 * What the process may grow by: more than all that is ever under way at once, and far below the traffic of
 * a test (a gibibyte, or the quarter of one) that would stay if it were not let go.
 */
private const val GROWTH_MAX = 160 * MIB

/** Fails if the process takes much more memory than [before]. */
fun assertGrowth(before: Long) {
    val growth = resident() - before
    assertTrue(growth < GROWTH_MAX, "grew by ${growth / MIB} MiB")
}

/**
 * Bytes of the process in memory, without what is free: how much of that the allocator keeps depends on
 * how many threads have used it at once. The heap of the JVM is there as a whole from the start.
 */
fun resident(): Long {
    Function.getFunction("c", "malloc_trim").invokeInt(arrayOf(0L))
    val status = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
    return status.filter(Char::isDigit).toLong() * 1024
}
