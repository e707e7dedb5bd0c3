package sealwood

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.ffi.FfiConverterTypeHostProgress
import sealwood.ffi.FfiConverterTypeHostSource
import sealwood.ffi.FfiConverterTypeHostStore
import sealwood.ffi.uniffiForeignFutureHandleCount

class MemoryTest {
    @Test
    fun `ten thousand handles come and go`() = test {
        val (held, store) = held() to PassingStore()
        Vault.create(store, SECRET).use { it.put("a", bytes(1 shl 10)) }
        val content = flow { emit(bytes(1 shl 10)) }
        suspend fun round() {
            Vault.open(store, SECRET).use { vault ->
                vault.batch().use { it.putStream("b", content) {} }
                vault.snapshot().use { it.getStream("a") {}.collect {} }
                vault.entries("").collect {}
            }
            Credential.secret(ByteArray(32)).close()
        }
        repeat(100) { round() }
        val before = resident()
        repeat(2_000) { round() }
        assertGrowth(before)
        assertNothingMoreHeld(than = held)
    }

    @Test
    fun `a gibibyte through a store of the app's leaves nothing behind`() = test {
        val (held, store) = held() to DiscardingStore()
        val vault = Vault.create(store, SECRET)
        // New content each time, or nothing would have to be sent.
        suspend fun round(at: Int) = vault.put("a", bytes((16 * MIB).toInt(), at))
        repeat(8) { round(it) }
        val before = resident()
        repeat(64) { round(8 + it) }
        assertGrowth(before)
        assertTrue(store.taken > 1L shl 30, "${store.taken} bytes")
        vault.close()
        assertNothingMoreHeld(than = held)
    }

    @Test
    fun `a long stream needs no more than a window`() = test {
        val vault = Vault.create(DiscardingStore(), SECRET)
        fun content(pieces: Int) = flow { repeat(pieces) { emit(bytes(MIB.toInt(), it)) } }
        vault.putStream("warm", content(32))
        val before = resident()
        assertEquals(256 * MIB, vault.putStream("a", content(256)).size)
        assertGrowth(before)
    }

    /**
     * How many of the app's objects native code holds. Each vault holds its store, so this counts
     * vaults as well. Those of other tests may go meanwhile, when they are collected, and the last ones
     * of a test when the thread that let go of them comes to it.
     */
    private fun held(): Int =
        FfiConverterTypeHostStore.handleMap.size + FfiConverterTypeHostSource.handleMap.size +
            FfiConverterTypeHostProgress.handleMap.size + uniffiForeignFutureHandleCount()

    /** Fails, after a while, if more stays held. */
    private suspend fun assertNothingMoreHeld(than: Int) {
        var looks = 10_000
        while (held() > than && looks-- > 0) delay(1)
        assertTrue(held() <= than, "${held()}, not $than")
    }

    /** Keeps roots and small objects, and of packs no more than how much they were. */
    private class DiscardingStore : PassingStore() {
        @Volatile var taken = 0L

        override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition): String {
            synchronized(this) { taken += bytes.size }
            if (bytes.size < 64 * 1024) return super.put(key, bytes, precondition)
            return "discarded"
        }
    }
}
