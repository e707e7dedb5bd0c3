package sealwood

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.conformance.HostStore

private val SMALL_CHUNKS = VaultConfig(chunkBytes = 131_072, extentBytesMax = 131_072)

class CancellationTest {
    @Test
    fun `cancelling stops the core's requests and leaves the vault whole`() = test {
        val store = HostStore()
        val vault = Vault.create(store, SECRET, SMALL_CHUNKS)
        vault.put("before", bytes(10))
        store.arm("put", 2, HostStore.How.HANG)
        val put = launch(Dispatchers.Default) { vault.put("big", bytes(20_000_000)) }
        store.awaitCall()
        put.cancelAndJoin()
        assertTrue(put.isCancelled)
        val calls = store.calls
        // Whatever was still under way would be done before these come back.
        assertArrayEquals(bytes(10), vault.get("before"))
        assertEquals(calls, store.calls, "requests after the call was cancelled")
        assertFalse(vault.exists("big"))

        vault.put("after", bytes(10))
        val again = Vault.open(store, SECRET)
        assertEquals(listOf("after", "before"), again.list("").entries.map { it.name })
    }

    @Test
    fun `the coroutine of the app's store is cancelled with the call`() = test {
        val (started, ended) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        val store = object : PassingStore() {
            @Volatile var hangs = false

            override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition): String {
                if (!hangs) return super.put(key, bytes, precondition)
                started.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    ended.complete(Unit)
                }
            }
        }
        val vault = Vault.create(store, SECRET)
        store.hangs = true
        val put = launch { vault.put("a", bytes(10)) }
        started.await()
        put.cancelAndJoin()
        ended.await()
        store.hangs = false
        assertFalse(vault.exists("a"))
    }

    @Test
    fun `a store that blocks for ever does not hold the caller`() = test {
        val (started, never) = CompletableDeferred<Unit>() to java.util.concurrent.CountDownLatch(1)
        val store = object : PassingStore() {
            override suspend fun get(key: String): StoredObject {
                started.complete(Unit)
                never.await()
                return super.get(key)
            }
        }
        val open = async { Vault.open(store, SECRET) }
        started.await()
        open.cancelAndJoin()
        never.countDown()
        assertTrue(open.isCancelled)
    }

    @Test
    fun `cancelling a put cancels the flow it reads`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        val (waiting, ended) = CompletableDeferred<Unit>() to CompletableDeferred<Throwable?>()
        val content = flow {
            emit(bytes(1000))
            waiting.complete(Unit)
            awaitCancellation()
        }.onCompletion { ended.complete(it) }
        val put = launch { vault.putStream("a", content) }
        waiting.await()
        put.cancelAndJoin()
        ended.await()
        assertFalse(vault.exists("a"))
    }

    @Test
    fun `a collector that stops stops the reads`() = test {
        val store = HostStore()
        val vault = Vault.create(store, SECRET, SMALL_CHUNKS)
        vault.put("a", bytes(20_000_000))
        val (before, pieces) = store.calls to vault.getStream("a").take(1).toList()
        assertEquals(1, pieces.size)
        vault.exists("b")
        val used = store.calls - before
        val whole = readsOfAll(store, vault)
        // The few reads that were under way may still have arrived.
        assertTrue(used * 4 < whole, "$used of $whole requests")
    }

    @Test
    fun `a slow collector is not overrun`() = test {
        val (store, others) = HostStore() to Vault.create(HostStore(), SECRET, SMALL_CHUNKS)
        val vault = Vault.create(store, SECRET, SMALL_CHUNKS)
        for (each in listOf(vault, others)) each.put("a", bytes(20_000_000))
        val (pieces, go) = Channel<Int>() to Channel<Unit>()
        val before = store.calls
        val reading = launch(start = CoroutineStart.UNDISPATCHED) {
            vault.getStream("a").onEach { pieces.send(it.size); go.receive() }.first()
        }
        pieces.receive()
        // Whoever reads on unasked has the time in which others read as much several times.
        repeat(4) { assertEquals(20_000_000, others.get("a").size) }
        val used = store.calls - before
        reading.cancelAndJoin()
        val whole = readsOfAll(store, vault)
        // The few reads that were under way may still have arrived.
        assertTrue(used * 4 < whole, "$used of $whole requests")
    }

    private suspend fun readsOfAll(store: HostStore, vault: Vault): Int {
        val before = store.calls
        assertEquals(20_000_000, vault.get("a").size)
        return store.calls - before
    }

    @Test
    fun `many calls cancelled at random leave the vault whole`() = test {
        val store = HostStore()
        val vault = Vault.create(store, SECRET, SMALL_CHUNKS)
        val puts = (0 until 40).map { launch(Dispatchers.Default) { vault.put("f$it", bytes(200_000, it)) } }
        puts.filterIndexed { at, _ -> at % 2 == 0 }.forEach { it.cancel() }
        puts.joinAll()
        vault.shutdown()
        val again = Vault.open(store, SECRET)
        for (entry in again.list("").entries) {
            assertArrayEquals(bytes(200_000, entry.name.drop(1).toInt()), again.get(entry.path))
        }
        for (at in 1 until 40 step 2) assertTrue(again.exists("f$at"))
    }
}
