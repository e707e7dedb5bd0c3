package sealwood

import java.nio.file.Path
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import sealwood.engine.Engine
import sealwood.engine.ScanOptions
import sealwood.engine.fill
import sealwood.engine.notes
import sealwood.ffi.Disposable

/** What comes for a coroutine that was cancelled meanwhile is released, and not when it is collected. */
class InVainTest {
    @Test
    fun `an engine that opens in vain frees its directory`(@TempDir directory: Path) = test {
        repeat(2) { inVain { Engine.open(directory) } }
        Engine.open(directory).close()
    }

    @Test
    fun `a local store that opens in vain frees its directory`(@TempDir directory: Path) = test {
        repeat(2) { inVain { BlobStore.local(directory) } }
        BlobStore.local(directory).shutdown()
    }

    @Test
    fun `a vault that opens in vain lets go of its store`(@TempDir directory: Path) = test {
        val prepared = Vault.prepare(SECRET)
        val openings = listOf<suspend (BlobStore) -> Vault>(
            { prepared.create(it) },
            { Vault.open(it, SECRET) },
        )
        for (open in openings) {
            val store = BlobStore.local(directory)
            inVain { open(store) }
            store.close()
        }
        BlobStore.local(directory).shutdown()
    }

    @Test
    fun `what reads in vain holds no files`() = test {
        val (engine, notes) = notes()
        engine.fill(notes, 1000)
        val snapshot = notes.snapshot()
        val openings = listOf<suspend () -> AutoCloseable>(
            { engine.snapshot() },
            { notes.snapshot() },
            { notes.openScan(ScanOptions()) },
            { notes.openScanKeys(ScanOptions()) },
            { snapshot.openScan(ScanOptions()) },
            { snapshot.openScanKeys(ScanOptions()) },
        )
        for (open in openings) {
            inVain { open() }
            assertEquals(1, engine.stats().leases)
        }
    }

    @Test
    fun `a handle that comes in vain is released, and one that is given is not`() = test {
        class Handle : Disposable, AutoCloseable {
            @Volatile var released = 0

            override fun destroy() {
                released += 1
            }

            override fun close() {}
        }
        val given = call { Handle() }
        assertEquals(0, given.released)
        var came = Handle()
        inVain { call { Handle().also { came = it } } }
        assertEquals(1, came.released)
    }
}

/**
 * Runs [open] in a coroutine that is cancelled when [open] is done, before the coroutine hears of it. One that
 * has heard of it already was too quick: another one tries again.
 */
private suspend fun CoroutineScope.inVain(open: suspend () -> AutoCloseable) {
    val turns = Channel<Runnable>(Channel.UNLIMITED)
    val dispatcher = object : CoroutineDispatcher() {
        override fun dispatch(context: CoroutineContext, block: Runnable) {
            turns.trySend(block)
        }
    }
    do {
        val opening = async(dispatcher) { open().close() }
        turns.receive().run()
        val isQuick = opening.isCompleted
        if (!isQuick) {
            val hearing = turns.receive()
            opening.cancel()
            hearing.run()
            while (!opening.isCompleted) turns.receive().run()
            assertTrue(opening.isCancelled)
        }
    } while (isQuick)
}
