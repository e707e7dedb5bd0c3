package sealwood.engine

import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import sealwood.SealwoodException
import sealwood.bytes
import sealwood.failsWith
import sealwood.test
import sealwood.utf8

class EngineTest {
    @Test
    fun `what one opener puts the next one reads`(@TempDir directory: Path) = test {
        val root = directory.resolve("new/engine")
        Engine.open(root).use { engine ->
            val notes = engine.namespace("notes", separatedBytesMin = 1000)
            val revision = notes.put("a".utf8, "text".utf8)
            notes.put(byteArrayOf(0, -1), bytes(300_000), KeyPutOptions(expiresAtMs = 4_000_000_000_000))
            assertEquals(KeyInfo(4, revision, null), notes.info("a".utf8))
            failsWith("store-locked") { Engine.open(root.toString()) }
        }
        val readers = EngineConfig(access = EngineConfig.Access.READ_ONLY)
        Engine.open(root, readers).use { first ->
            Engine.open(root, readers).use { second ->
                val large = second.namespace("notes").get(byteArrayOf(0, -1))!!
                assertArrayEquals(bytes(300_000), large.bytes)
                assertEquals(4_000_000_000_000, large.expiresAtMs)
            }
            val part = first.namespace("notes").getRange(byteArrayOf(0, -1), 299_998, 10)!!
            assertArrayEquals(bytes(300_000).copyOfRange(299_998, 300_000), part.bytes)
            failsWith("range-past-end") { first.namespace("notes").getRange("a".utf8, 5, 1) }
            failsWith("read-only") { first.namespace("more") }
            failsWith("store-locked") { Engine.open(root) }
        }
    }

    @Test
    fun `an engine is shut down once, and use frees its directory`(@TempDir directory: Path) = test {
        val engine = Engine.open(directory)
        val notes = engine.namespace("notes")
        engine.shutdown()
        engine.shutdown()
        failsWith("closed") { notes.get("a".utf8) }
        val again = Engine.open(directory)
        // A handle that is still held holds no directory.
        val held = again.namespace("notes")
        again.close()
        again.close()
        again.shutdown()
        failsWith("closed") { held.put("a".utf8, "b".utf8) }
        failsWith("closed") { again.revision() }
        Engine.open(directory).close()
    }

    @Test
    fun `a write may have a condition`() = test {
        val (_, notes) = notes()
        val absent = KeyPutOptions(KeyPrecondition.Absent)
        val revision = notes.put("a".utf8, "1".utf8, absent)
        failsWith("precondition-failed") { notes.put("a".utf8, "2".utf8, absent) }
        val other = KeyPutOptions(KeyPrecondition.Revision(revision + 1))
        failsWith("precondition-failed") { notes.put("a".utf8, "2".utf8, other) }
        notes.put("a".utf8, "2".utf8, KeyPutOptions(KeyPrecondition.Revision(revision), Durability.NONE))
        val present = KeyDeleteOptions(KeyPrecondition.Present, Durability.SYNC)
        failsWith("precondition-failed") { notes.delete("b".utf8, present) }
        assertTrue(notes.delete("a".utf8, present))
    }

    @Test
    fun `a batch is applied whole or not at all, and once`() = test {
        val (engine, notes) = notes()
        val others = engine.namespace("others")
        notes.put("b".utf8, "old".utf8)
        engine.batch().use { batch ->
            batch.put(notes, "a".utf8, "1".utf8)
            batch.delete(notes, "b".utf8)
            batch.put(others, "c".utf8, "3".utf8)
            assertEquals(3, batch.length)
            assertEquals(engine.revision() + 3, batch.commit(Durability.SYNC))
            failsWith("closed") { batch.commit() }
        }
        assertEquals(listOf("a"), notes.scan().keys())
        assertEquals(listOf("c"), others.scan().keys())
        val foreign = Engine.memory().batch()
        foreign.put(notes, "x".utf8, "1".utf8)
        failsWith("invalid-argument") { foreign.commit() }
        engine.batch().use { it.put(notes, "x".utf8, "1".utf8) }
        assertEquals(listOf("a"), notes.scan().keys())
    }

    @Test
    fun `a batch is taken when its commit is called`() = test {
        val (engine, notes) = notes()
        repeat(100) { round ->
            val batch = engine.batch()
            repeat(100) { batch.put(notes, "$round/$it".utf8, bytes(100)) }
            val commit = async(start = CoroutineStart.UNDISPATCHED) { batch.commit() }
            failsWith("closed") { batch.put(notes, "late".utf8, "1".utf8) }
            failsWith("closed") { batch.delete(notes, "$round/0".utf8) }
            assertEquals(0, batch.length)
            batch.close()
            commit.await()
        }
        assertEquals(10_000, notes.length())
        assertNull(notes.get("late".utf8))
    }

    @Test
    fun `many puts run side by side`() = test {
        val (engine, notes) = notes()
        val puts = List(1000) { async(Dispatchers.Default) { notes.put("$it".utf8, bytes(100, it)) } }
        assertEquals(1000, puts.awaitAll().toSet().size)
        assertEquals(1000, engine.stats().keys)
        repeat(1000) { assertArrayEquals(bytes(100, it), notes.get("$it".utf8)!!.bytes) }
    }

    @Test
    fun `a snapshot stays what it was`() = test {
        val (engine, notes) = notes()
        val revision = notes.put("a".utf8, "1".utf8)
        val (before, all) = notes.snapshot() to engine.snapshot()
        notes.put("a".utf8, "2".utf8)
        notes.put("b".utf8, "2".utf8)
        engine.namespace("later")
        assertEquals(revision, before.revision)
        assertEquals(listOf("a"), before.scan().keys())
        assertEquals("1", before.get("a".utf8)!!.bytes.decodeToString())
        assertEquals(listOf("notes"), all.namespaces())
        assertNull(all.namespace("later"))
        val old = all.namespace("notes")!!
        all.close()
        assertEquals(KeyInfo(1, revision, null), old.info("a".utf8))
        for (held in listOf(before, old)) held.close()
        failsWith("closed") { before.get("a".utf8) }
        failsWith("closed") { before.scan().collect {} }
        failsWith("closed") { before.revision }
        failsWith("closed") { all.namespaces() }
        assertEquals(0, engine.stats().leases)
    }

    @Test
    fun `damage is told, and the rest is there for who passes it over`(@TempDir directory: Path) = test {
        Engine.open(directory).use { engine ->
            val notes = engine.namespace("notes", separatedBytesMin = 1000)
            notes.put("a".utf8, "text".utf8)
            notes.put("b".utf8, bytes(5000))
        }
        val value = Files.list(directory.resolve("values")).use { it.findFirst().get() }
        val damaged = Files.readAllBytes(value).also { it[2500] = (it[2500] + 1).toByte() }
        Files.write(value, damaged)
        Engine.open(directory).use { engine ->
            val verified = engine.verify()
            assertEquals(1, verified.findings)
            val finding = verified.first.single()
            assertEquals(Finding.Kind.VALUE, finding.kind)
            assertTrue(finding.isDamage)
            assertEquals("notes", finding.namespace)
            assertArrayEquals("b".utf8, finding.key)
            assertEquals("store-corrupt", finding.error.code)
            failsWith("store-corrupt") { engine.namespace("notes").get("b".utf8) }
            assertEquals(emptyList<Finding>(), engine.verify(firstMax = 0).first)
        }
        val passing = EngineConfig(EngineConfig.Access.READ_ONLY, EngineConfig.Recovery.PASS_OVER)
        Engine.open(directory, passing).use { engine ->
            assertEquals("text", engine.namespace("notes").get("a".utf8)!!.bytes.decodeToString())
        }
    }

    @Test
    fun `it does by itself what an app may do instead`() = test {
        val (engine, notes) = notes()
        notes.put("a".utf8, "1".utf8, KeyPutOptions(durability = Durability.NONE, expiresAtMs = 1))
        assertTrue(engine.needsSync())
        engine.sync()
        assertFalse(engine.needsSync())
        assertEquals(engine.stats().revision, engine.stats().durableRevision)
        assertEquals(1, engine.purgeExpired())
        assertTrue(engine.checkpoint())
        assertFalse(engine.checkpoint())
        assertFalse(engine.maintain())
        assertEquals(Vacuum(0, 0), engine.vacuum())
        assertTrue(engine.compact() >= 0)
        val alone = Engine.memory(EngineConfig(checkpointIdleMs = 1))
        alone.namespace("notes").put("a".utf8, "1".utf8)
        // Nobody calls anything that writes.
        while (alone.stats().logSinceCheckpoint > 0) assertFalse(alone.needsSync())
    }

    @Test
    fun `arguments outside their limits`() = test {
        val (engine, notes) = notes()
        val key = "a".utf8
        val bad = listOf<suspend () -> Unit>(
            { notes.put(ByteArray(65_537), key) },
            { notes.put(key, key, KeyPutOptions(expiresAtMs = -1)) },
            { notes.put(key, key, KeyPutOptions(KeyPrecondition.Revision(-1))) },
            { notes.getRange(key, -1, 1) },
            { notes.getRange(key, 1, -1) },
            { notes.expireAt(key, -1) },
            { notes.scan(ScanOptions(limit = -1)).collect {} },
            { notes.watch(since = -1).collect {} },
            { notes.compare(notes, firstMax = -1) },
            { engine.verify(firstMax = 10_001) },
            { engine.namespace("no name") },
            { engine.namespace("\uD800") },
            { engine.namespace("new", separatedBytesMin = -1) },
            { Engine.memory(EngineConfig(separatedBytesMin = 0)) },
            { Engine.memory(EngineConfig(watchEventsMax = -1)) },
            { Engine.memory(EngineConfig(recovery = EngineConfig.Recovery.PASS_OVER)) },
            { engine.batch().put(notes, key, key, KeyPutOptions(expiresAtMs = -1)) },
        )
        for (work in bad) failsWith("invalid-argument") { work() }
        assertEquals(0, notes.length())
        failsWith("store-failed") { Engine.open("/dev/null/none") }
    }

    @Test
    fun `what was closed says so`() = test {
        val (engine, notes) = notes()
        val (batch, closed) = engine.batch() to engine.batch()
        closed.close()
        failsWith("closed") { closed.put(notes, "a".utf8, "b".utf8) }
        failsWith("closed") { closed.length }
        failsWith("closed") { closed.commit() }
        batch.put(notes, "a".utf8, "b".utf8)
        engine.close()
        for (work in listOf<suspend () -> Unit>(
            { engine.namespace("notes") },
            { engine.batch() },
            { engine.stats() },
            { notes.get("a".utf8) },
            { notes.scan().collect {} },
            { notes.scanKeys().collect {} },
            { notes.watch().collect {} },
            { notes.snapshot() },
            { notes.trackedState() },
            { notes.backfill() },
            { notes.verifyState() },
            { batch.commit() },
        )) {
            failsWith("closed") { work() }
        }
    }

    @Test
    fun `errors are those of vaults`() = test {
        val (engine, notes) = notes(EngineConfig(namespacesMax = 1))
        failsWith("namespace-limit") { engine.namespace("more") }
        assertTrue(engine.dropNamespace("notes"))
        val error: SealwoodException = failsWith("namespace-dropped") { notes.get("a".utf8) }
        assertNull(error.path)
    }
}
