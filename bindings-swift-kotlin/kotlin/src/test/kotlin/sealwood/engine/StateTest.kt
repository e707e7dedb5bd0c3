package sealwood.engine

import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.OnProgress
import sealwood.Progress
import sealwood.failsWith
import sealwood.test
import sealwood.utf8

private const val ROWS = 20_000

class StateTest {
    @Test
    fun `the state of a namespace is the hash of its rows`() = test {
        val (engine, notes) = notes()
        assertNull(notes.trackedState())
        assertTrue(notes.track(Tracking.WHOLE))
        assertFalse(notes.track(Tracking.WHOLE))
        engine.fill(notes, 3)
        val rows = List(3) { "user/%06d".format(it).utf8 to "$it".utf8 }
        Domain("notes".utf8).use { domain ->
            val expected = LtHash.identity().apply { addBatch(domain, rows) }
            notes.trackedState()!!.use { state ->
                val partition = state.partition
                assertEquals(engine.revision(), state.revision)
                assertEquals(Partition.State.VALID, partition.state)
                assertEquals(Detail.WHOLE, partition.detail)
                assertArrayEquals("notes".utf8, partition.name)
                assertEquals(3, partition.rows)
                assertEquals(emptyList<Int>(), partition.buckets())
                assertEquals(expected, partition.hash())
                assertArrayEquals(expected.checksum(), partition.checksum())
            }
            notes.delete(rows[1].first)
            expected.remove(domain, rows[1].first, rows[1].second)
            assertEquals(expected, notes.trackedState()!!.partition.hash())
        }
    }

    @Test
    fun `a backfill tells how far it is, and what it counted before it was cancelled stays`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, ROWS)
        failsWith("invalid-argument") { notes.verifyState() }
        notes.track(Tracking.BUCKETS)
        assertCancelled { onProgress -> notes.backfill(onProgress) }
        notes.trackedState()!!.use { state ->
            val partition = state.partition
            assertEquals(Partition.State.BACKFILLING, partition.state)
            assertTrue(partition.rows!! in 1 until ROWS, "${partition.rows} rows")
            assertTrue(partition.cursor!!.decodeToString().startsWith("user/"))
            failsWith("state-not-valid") { partition.hash() }
        }
        assertWhole { onProgress -> notes.backfill(onProgress) }
        assertEquals(Partition.State.VALID, notes.trackedState()!!.partition.state)
        notes.backfill()
    }

    @Test
    fun `a full scan says that all is as it was counted, and is cancelled`() = test {
        val (engine, notes) = notes()
        notes.track(Tracking.BUCKETS)
        engine.fill(notes, ROWS)
        assertWhole { onProgress ->
            val verified = notes.verifyState(onProgress)
            assertEquals(VerifiedState(engine.revision(), ROWS.toLong(), false, null), verified)
        }
        assertCancelled { onProgress -> notes.verifyState(onProgress) }
        assertEquals(0, engine.stats().leases)
        val thrown = IllegalStateException("no more")
        val came = runCatching { notes.verifyState { throw thrown } }.exceptionOrNull()
        assertSame(thrown, generateSequence(came) { it.cause }.last())
    }

    @Test
    fun `two engines are compared, and not a row is read where they are the same`() = test {
        val (ours, users) = notes()
        val (theirs, others) = notes()
        for ((engine, namespace) in listOf(ours to users, theirs to others)) {
            namespace.track(Tracking.BUCKETS)
            engine.fill(namespace, 2000)
        }
        val same = users.compare(others)
        assertEquals(listOf(0L, 0L, 0L), listOf(same.differences, same.rowsRead, same.first.size.toLong()))
        others.put("user/000007".utf8, "seven".utf8)
        others.delete("user/000008".utf8)
        others.put("user/new".utf8, "new".utf8)
        val compared = users.compare(others)
        assertEquals(3, compared.differences)
        assertTrue(compared.rowsRead < 200, "${compared.rowsRead} rows of 4,000")
        val expected = listOf(
            RowDifference.Kind.VALUE to "user/000007",
            RowDifference.Kind.ONLY_FIRST to "user/000008",
            RowDifference.Kind.ONLY_SECOND to "user/new",
        )
        assertEquals(expected, compared.first.map { it.kind to it.key.decodeToString() })
        assertEquals(1, users.compare(others, firstMax = 1).first.size)
        failsWith("invalid-argument") { users.compare(others, firstMax = 10_001) }
        failsWith("invalid-argument") { users.compare(theirs.namespace("elsewhere")) }
    }

    @Test
    fun `whole engines are verified and compared`() = test {
        val (ours, users) = notes()
        val (theirs, others) = notes()
        for ((engine, namespace) in listOf(ours to users, theirs to others)) {
            namespace.track(Tracking.BUCKETS)
            engine.fill(namespace, ROWS)
        }
        assertWhole { onProgress ->
            val verified = ours.verifyState(onProgress)
            assertEquals(listOf("notes"), verified.namespaces.map { it.name })
            assertEquals(VerifiedStates(ROWS.toLong(), 0, 0, verified.namespaces), verified)
        }
        assertCancelled { onProgress -> ours.verifyState(onProgress) }
        others.put("user/000007".utf8, "seven".utf8)
        ours.namespace("alone")
        val compared = ours.compare(theirs)
        assertEquals(listOf(1L, 1L, 0L), listOf(compared.namespaces, compared.missing, compared.notCounted))
        assertEquals(1, compared.differences)
        assertTrue(compared.rowsRead < ROWS / 50, "${compared.rowsRead} rows")
        val told = compared.first.map { Triple(it.kind, it.namespace, it.row?.key?.decodeToString()) }
        val expected = listOf(
            Triple(NamespaceDifference.Kind.ONLY_FIRST, "alone", null),
            Triple(NamespaceDifference.Kind.ROW, "notes", "user/000007"),
        )
        assertEquals(expected, told)
        assertEquals(0, ours.compare(ours).differences)
        failsWith("invalid-argument") { ours.compare(theirs, firstMax = 10_001) }
        theirs.close()
        failsWith("closed") { ours.compare(theirs) }
    }

    /** Cancels [work] at its second report; it ends well before all rows are done. */
    private suspend fun assertCancelled(work: suspend (OnProgress) -> Unit) = coroutineScope {
        val reports = CopyOnWriteArrayList<Progress>()
        val cancelled = launch(Dispatchers.Default) {
            work {
                reports += it
                if (reports.size == 2) cancel()
            }
        }
        cancelled.join()
        assertTrue(cancelled.isCancelled)
        assertTrue(reports.last().done < ROWS / 2, "$reports")
    }

    private suspend fun assertWhole(work: suspend (OnProgress) -> Unit) {
        val reports = CopyOnWriteArrayList<Progress>()
        work { reports += it }
        assertTrue(reports.size > 2, "$reports")
        assertEquals(reports.sortedBy { it.done }, reports.toList())
        assertEquals(Progress(ROWS.toLong(), ROWS.toLong()), reports.last())
    }
}
