package sealwood.engine

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.SealwoodException
import sealwood.bytes
import sealwood.failsWith
import sealwood.test
import sealwood.utf8

class HashTest {
    private val users = Domain("users".utf8)
    private val ada = "ada".utf8 to "1815".utf8

    @Test
    fun `a hash is copied, encoded, merged with itself and compared`() = test {
        val hash = LtHash.identity()
        assertTrue(hash.isIdentity())
        hash.add(users, ada.first, ada.second)
        val copy = hash.copy()
        assertEquals(copy, LtHash.decode(hash.encode()))
        assertEquals(copy.hashCode(), hash.hashCode())
        hash.merge(hash)
        assertNotEquals(copy, hash)
        assertFalse(copy.equals(copy.encode()))
        hash.subtract(copy)
        assertEquals(copy, hash)
        assertEquals(hash, hash)
        hash.remove(users, ada.first, ada.second)
        assertTrue(hash.isIdentity())
        hash.addRaw("message".utf8)
        assertFalse(hash.isIdentity())
        hash.removeRaw("message".utf8)
        hash.addBatch(users, listOf(ada, "grace".utf8 to bytes(10_000)))
        hash.removeBatch(users, listOf("grace".utf8 to bytes(10_000)))
        assertEquals(copy, hash)
        assertEquals(2048, hash.encode().size)
        assertEquals(32, hash.checksum().size)
        failsWith("hash-length") { LtHash.decode(ByteArray(2047)) }
    }

    @Test
    fun `who does not know the secret makes no rows for a hash`() = test {
        val secret = ByteArray(32) { 7 }
        val keyed = Domain.keyed(secret, "users".utf8)
        assertTrue(keyed.isKeyed)
        assertFalse(users.isKeyed)
        assertArrayEquals("users".utf8, keyed.name)
        val checksums = listOf(users, keyed, Domain.keyed(secret, "others".utf8)).map { domain ->
            LtHash.identity().apply { add(domain, ada.first, ada.second) }.checksum().toList()
        }
        assertEquals(3, checksums.toSet().size)
        val partitions = PartitionedLtHash.keyed(secret)
        partitions.create("users".utf8, Detail.WHOLE)
        partitions.apply("users".utf8, listOf(RowChange(ada.first, after = ada.second)))
        assertEquals(checksums[1], partitions.checksum().toList())
        assertArrayEquals(ByteArray(32) { 7 }, secret)
        for (length in listOf(0, 31, 33)) {
            failsWith("invalid-argument") { Domain.keyed(ByteArray(length), "users".utf8) }
            failsWith("invalid-argument") { PartitionedLtHash.keyed(ByteArray(length)) }
        }
        failsWith("domain-length") { Domain(ByteArray(256)) }
    }

    @Test
    fun `states of partitions are told apart`() = test {
        val (ours, theirs) = PartitionedLtHash() to PartitionedLtHash()
        for (state in listOf(ours, theirs)) {
            state.create("users".utf8, Detail.BUCKETS)
            state.create("posts".utf8, Detail.WHOLE)
            state.apply("users".utf8, listOf(RowChange(ada.first, after = ada.second)))
        }
        assertEquals(emptyList<Difference>(), ours.differences(theirs))
        assertEquals(emptyList<Difference>(), ours.differences(ours))
        assertEquals(ours.hash(), theirs.hash())
        theirs.apply("users".utf8, listOf(RowChange(ada.first, ada.second, "1816".utf8)))
        theirs.apply("posts".utf8, listOf(RowChange("a".utf8, null, "b".utf8)))
        theirs.create("more".utf8, Detail.WHOLE)
        ours.create("mine".utf8, Detail.WHOLE)
        val told = ours.differences(theirs).map {
            Triple(it.partition.decodeToString(), it.place, it.buckets)
        }
        val expected = listOf(
            Triple("mine", Difference.Place.ONLY_FIRST, null),
            Triple("more", Difference.Place.ONLY_SECOND, null),
            Triple("posts", Difference.Place.SOMEWHERE, null),
            Triple("users", Difference.Place.BUCKETS, listOf(bucketOf(ada.first))),
        )
        assertEquals(expected, told)
        assertEquals(listOf("mine", "posts", "users"), ours.names().map { it.decodeToString() })
        assertTrue(ours.remove("mine".utf8))
        assertFalse(ours.remove("mine".utf8))
        assertNull(ours.partition("mine".utf8))
        failsWith("partition-exists") { ours.create("users".utf8, Detail.WHOLE) }
        failsWith("domain-length") { ours.create(ByteArray(256), Detail.WHOLE) }
        failsWith("invalid-argument") { ours.forget("nobody".utf8) }
        failsWith("no-such-row") { ours.apply("users".utf8, listOf(RowChange("bob".utf8, "x".utf8))) }
    }

    @Test
    fun `a partition is counted, stored and taken up again`() = test {
        val state = PartitionedLtHash()
        val name = "users".utf8
        state.create(name, Detail.WHOLE)
        state.beginBackfill(name, Detail.BUCKETS)
        state.backfill(name, listOf(ada))
        failsWith("rows-not-ascending") { state.backfill(name, listOf(ada)) }
        val counting = state.partition(name)!!
        assertEquals(Partition.State.BACKFILLING, counting.state)
        assertArrayEquals(ada.first, counting.cursor)
        failsWith("state-not-valid") { counting.checksum() }
        failsWith("state-not-valid") { state.hash() }
        state.finishBackfill(name)
        failsWith("state-not-backfilling") { state.finishBackfill(name) }
        val counted = state.partition(name)!!
        assertEquals(listOf(bucketOf(ada.first)), counted.buckets())
        assertEquals(listOf(1L, 7L), listOf(counted.rows, counted.bytes))
        assertNull(counted.cursor)
        val record = counted.encode(7)
        counted.close()
        assertEquals(1, counted.rows)
        failsWith("closed") { counted.hash() }
        val again = PartitionedLtHash()
        assertEquals(7, again.restore(name, record))
        assertArrayEquals(state.checksum(), again.checksum())
        failsWith("malformed") { again.restore("other".utf8, ByteArray(3)) }
        failsWith("invalid-argument") { counting.encode(-1) }
        val (kept, hash) = state.partition(name)!! to state.hash()
        state.forget(name)
        assertEquals(Partition.State.ABSENT, state.partition(name)!!.state)
        state.close()
        assertEquals(hash, kept.hash())
    }

    @Test
    fun `what was closed says so`() = test {
        val (hash, closed) = LtHash.identity() to LtHash.identity().apply { close() }
        for (work in listOf(
            { closed.encode() },
            { closed.add(users, ada.first, ada.second) },
            { hash.merge(closed) },
            { hash == closed },
            { closed == hash },
        )) {
            failsWith("closed") { work() }
        }
        val domain = Domain("users".utf8).apply { close() }
        failsWith("closed") { hash.add(domain, ada.first, ada.second) }
        failsWith("closed") { domain.name }
        val state = PartitionedLtHash().apply { close() }
        failsWith("closed") { state.names() }
        failsWith("closed") { PartitionedLtHash().differences(state) }
        closed.close()
    }

    @Test
    fun `handles that are closed under calls they are given to`() = test {
        repeat(50) {
            val (domain, other) = Domain("users".utf8) to LtHash.identity()
            val calls = List(4) {
                launch(Dispatchers.Default) {
                    runCatching {
                        val hash = LtHash.identity()
                        hash.add(domain, ada.first, ada.second)
                        hash.merge(other)
                    }.onFailure { assertEquals("closed", (it as SealwoodException).code) }
                }
            }
            domain.close()
            other.close()
            calls.joinAll()
        }
    }
}
