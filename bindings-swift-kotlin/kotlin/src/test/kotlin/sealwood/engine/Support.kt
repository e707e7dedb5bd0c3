package sealwood.engine

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import sealwood.utf8

/** An engine in memory that does nothing by itself, and its namespace `notes`. */
suspend fun notes(config: EngineConfig = EngineConfig(background = EngineConfig.Background.MANUAL)) =
    Engine.memory(config).let { it to it.namespace("notes") }

/** Fills a namespace with [count] rows in one batch. */
suspend fun Engine.fill(namespace: Namespace, count: Int, value: (Int) -> ByteArray = { "$it".utf8 }) {
    batch().use { batch ->
        for (number in 0 until count) batch.put(namespace, "user/%06d".format(number).utf8, value(number))
        batch.commit(Durability.NONE)
    }
}

/** The keys of a scan as text. */
suspend fun Flow<ScanEntry>.keys(): List<String> = map { it.key.decodeToString() }.toList()
