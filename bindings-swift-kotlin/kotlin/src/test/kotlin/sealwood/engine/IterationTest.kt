package sealwood.engine

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.SealwoodException
import sealwood.failsWith
import sealwood.test
import sealwood.utf8

class IterationTest {
    @Test
    fun `a scan gives what is asked for, in its order`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        notes.put("z".utf8, "z".utf8)
        val all = List(1000) { "user/%06d".format(it) }
        assertEquals(all, notes.scan(ScanOptions(prefix = "user/".utf8)).keys())
        val some = ScanOptions(
            start = "user/000010".utf8,
            end = "user/000020".utf8,
            order = ScanOptions.Order.DESCENDING,
            limit = 3,
        )
        assertEquals(listOf(19, 18, 17).map { "user/%06d".format(it) }, notes.scan(some).keys())
        val rest = notes.scanKeys(ScanOptions(startAfter = all[998].utf8)).toList()
        assertEquals(listOf(all[999], "z"), rest.map { it.key.decodeToString() })
        assertEquals(listOf(3L, 1L), rest.map { it.size })
        assertArrayEquals("7".utf8, notes.scan(ScanOptions(prefix = all[7].utf8)).first().value)
    }

    @Test
    fun `a scan sees what was there when its collection began`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        val scan = notes.scan()
        var seen = 0
        scan.collect {
            if (seen == 0) notes.delete("user/000900".utf8)
            seen += 1
        }
        assertEquals(1000, seen)
        assertEquals(999, scan.toList().size)
        assertEquals(0, engine.stats().leases)
    }

    @Test
    fun `a flow that is left holds nothing any longer`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        val snapshot = notes.snapshot()
        for (flow in listOf(notes.scan(), notes.scanKeys(), snapshot.scan(), snapshot.scanKeys())) {
            assertEquals(1, flow.take(1).toList().size)
            failsWith("enough") { flow.collect { throw SealwoodException("enough") } }
        }
        assertEquals(1, notes.watch(since = 0).take(1).toList().size)
        snapshot.close()
        assertEquals(0, engine.stats().leases)
    }

    @Test
    fun `a collector that is cancelled lets go`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        val (met, go) = Channel<ScanEntry>() to Channel<Unit>()
        val reading = launch(Dispatchers.Default) { notes.scan().collect { met.send(it); go.receive() } }
        met.receive()
        assertEquals(1, engine.stats().leases)
        reading.cancelAndJoin()
        assertEquals(0, engine.stats().leases)
    }

    @Test
    fun `a watch tells each change once, after a revision`() = test {
        val (engine, notes) = notes()
        notes.put("a/1".utf8, "1".utf8)
        val since = engine.revision()
        notes.put("a/2".utf8, "2".utf8)
        notes.put("b".utf8, "3".utf8)
        notes.expireAt("a/2".utf8, 4_000_000_000_000)
        notes.delete("a/1".utf8)
        notes.renamePrefix("a/".utf8, "c/".utf8)
        val told = notes.watch("a/".utf8, since).take(4)
            .map { Triple(it.kind, it.key.decodeToString(), it.to?.decodeToString()) }
            .toList()
        val expected = listOf(
            Triple(WatchEvent.Kind.PUT, "a/2", null),
            Triple(WatchEvent.Kind.EXPIRE, "a/2", null),
            Triple(WatchEvent.Kind.DELETE, "a/1", null),
            Triple(WatchEvent.Kind.RENAME, "a/", "c/"),
        )
        assertEquals(expected, told)
        assertEquals("a/1", notes.watch(since = 0).first().key.decodeToString())
        assertTrue(notes.watch(since = since).first().revision > since)
    }

    @Test
    fun `a watch without a revision tells what changes from then on`() = test {
        val (_, notes) = notes()
        val before = notes.put("a".utf8, "1".utf8)
        val first = async(start = CoroutineStart.UNDISPATCHED) { notes.watch().first() }
        // Nothing tells when it has begun.
        while (!first.isCompleted) notes.put("a".utf8, "2".utf8)
        assertTrue(first.await().revision > before)
    }

    @Test
    fun `a watch that waits is told, is cancelled, and ends with the engine`() = test {
        val (engine, notes) = notes()
        val since = engine.revision()
        val met = Channel<WatchEvent>()
        val watching = launch(Dispatchers.Default) { notes.watch(since = since).collect(met::send) }
        notes.put("a".utf8, "1".utf8)
        assertArrayEquals("a".utf8, met.receive().key)
        notes.delete("a".utf8)
        assertEquals(WatchEvent.Kind.DELETE, met.receive().kind)
        watching.cancelAndJoin()
        val last = async(Dispatchers.Default) {
            runCatching { notes.watch(since = since).onEach(met::send).collect {} }.exceptionOrNull()
        }
        repeat(2) { met.receive() }
        engine.shutdown()
        assertEquals("closed", (last.await() as SealwoodException).code)
    }

    @Test
    fun `a watch that falls behind is told`() = test {
        val (engine, notes) = notes(EngineConfig(watchEventsMax = 2))
        val since = engine.revision()
        for (key in listOf("a", "b", "c", "d")) notes.put(key.utf8, "x".utf8)
        failsWith("cursor-expired") { notes.watch(since = since).collect {} }
        assertNull(notes.watch(since = engine.revision() - 1).first().to)
    }
}
