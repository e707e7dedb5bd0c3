package sealwood

import java.io.InputStream
import java.io.OutputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runInterruptible
import sealwood.ffi.CoreCall
import sealwood.ffi.CoreContent
import sealwood.ffi.CoreEntries
import sealwood.ffi.CoreRange

private const val PIECE_BYTES = 64 * 1024
private const val PAGE_ENTRIES = 256

/**
 * Creates or replaces the file at [path] from [input], which is read on `Dispatchers.IO` and not
 * closed.
 */
public suspend fun Vault.putFrom(
    path: String,
    input: InputStream,
    options: PutOptions = PutOptions(),
    onProgress: OnProgress? = null,
): EntryInfo = putStream(path, input.pieces(), options, onProgress)

/** Writes the content of the file at [path] to [output], on `Dispatchers.IO`, and leaves it open. */
public suspend fun Tree.getTo(path: String, output: OutputStream, onProgress: OnProgress? = null) {
    getStream(path, onProgress = onProgress).collect { piece ->
        runInterruptible(Dispatchers.IO) { output.write(piece) }
    }
}

/** What is left of the stream, piece by piece. */
public fun InputStream.pieces(): Flow<ByteArray> = flow {
    while (true) {
        val piece = runInterruptible(Dispatchers.IO) { readNBytes(PIECE_BYTES) }
        if (piece.isEmpty()) break
        emit(piece)
    }
}

/** The pieces of a content that [open] opens. */
internal fun contentFlow(
    onProgress: OnProgress?,
    open: suspend (CoreCall) -> CoreContent,
): Flow<ByteArray> = flow {
    Call(onProgress).use { call ->
        call.run(open).use { content ->
            try {
                while (true) emit(call.run { content.next() } ?: break)
            } finally {
                content.stop()
            }
        }
    }
}

/** The entries of a walk that [open] opens, of which a page at a time is kept ready. */
internal fun entryFlow(open: suspend (CoreCall) -> CoreEntries): Flow<EntryInfo> = flow {
    Call(null).use { call ->
        call.run(open).use { entries ->
            try {
                while (true) {
                    val page = call.run { entries.next(PAGE_ENTRIES.toUInt()) }
                    if (page.isEmpty()) break
                    page.forEach { emit(EntryInfo(it)) }
                }
            } finally {
                entries.stop()
            }
        }
    }
}

/** These bytes as the core counts them: to the first that is not one of them. */
internal fun LongRange.core() = CoreRange(unsigned(first, "start"), unsigned(last + 1, "end"))
