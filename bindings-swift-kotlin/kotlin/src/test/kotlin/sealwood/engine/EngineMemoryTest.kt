package sealwood.engine

import java.nio.file.Path
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.fold
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import sealwood.MIB
import sealwood.assertGrowth
import sealwood.bytes
import sealwood.resident
import sealwood.test
import sealwood.utf8

class EngineMemoryTest {
    @Test
    fun `a scan of many rows needs no more than a page`(@TempDir directory: Path) = test {
        Engine.open(directory).use { engine ->
            val films = engine.namespace("films")
            repeat(8) { part ->
                engine.batch().use { batch ->
                    repeat(64) { batch.put(films, "$part/$it".utf8, bytes(128 shl 10, it)) }
                    batch.commit(Durability.NONE)
                }
            }
            suspend fun bytesOfAll() = films.scan().fold(0L) { sum, entry -> sum + entry.value.size }
            assertEquals(64 * MIB, bytesOfAll())
            val before = resident()
            repeat(8) { assertEquals(64 * MIB, bytesOfAll()) }
            assertGrowth(before)
        }
    }

    @Test
    fun `thousands of handles come and go`() = test {
        val (engine, notes) = notes()
        notes.track(Tracking.BUCKETS)
        engine.fill(notes, 1000)
        val rows = List(256) { "user/%03d".format(it).utf8 to bytes(16) }
        suspend fun round() {
            // Half a MiB of hashes each.
            notes.trackedState()!!.use { it.partition.hash().close() }
            PartitionedLtHash().use { state ->
                state.create("users".utf8, Detail.BUCKETS)
                state.beginBackfill("users".utf8, Detail.BUCKETS)
                state.backfill("users".utf8, rows)
                state.partition("users".utf8)!!.close()
            }
            engine.batch().use { it.put(notes, "a".utf8, bytes(1 shl 20)) }
            notes.snapshot().use { it.scan().first() }
            engine.snapshot().use { it.namespace("notes")!!.close() }
            notes.watch(since = 0).first()
        }
        repeat(50) { round() }
        val before = resident()
        repeat(500) { round() }
        assertGrowth(before)
        assertEquals(0, engine.stats().leases)
    }

    @Test
    fun `what nobody closes is released when it is collected`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        repeat(100) {
            notes.snapshot()
            engine.snapshot()
            notes.openScan(ScanOptions()).next()
        }
        var looks = 10_000
        while (engine.stats().leases > 0 && looks-- > 0) {
            System.gc()
            delay(1)
        }
        assertEquals(0, engine.stats().leases)
    }
}
