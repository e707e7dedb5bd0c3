package sealwood

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class LeaseTest {
    @Test
    fun `a handle is released once, when it is closed and nobody holds it`() = test {
        var released = 0
        val lease = Lease(AutoCloseable { released += 1 })
        lease.hold {
            lease.close()
            assertEquals(0, released)
        }
        assertEquals(1, released)
        lease.close()
        assertEquals(1, released)
        failsWith("closed") { lease.hold {} }
    }

    @Test
    fun `a store that is closed under calls it is given to`() = test {
        val store = BlobStore.memory()
        Vault.create(store, SECRET).close()
        val opens = List(50) {
            launch(Dispatchers.Default) {
                runCatching { Vault.open(store, SECRET).close() }
                    .onFailure { assertEquals("closed", (it as SealwoodException).code) }
            }
        }
        store.close()
        opens.joinAll()
    }
}
