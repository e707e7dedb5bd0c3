package sealwood.conformance

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.long
import sealwood.Batch
import sealwood.BlobStore
import sealwood.Credential
import sealwood.NativeStore
import sealwood.NewVault
import sealwood.S3Config
import sealwood.Sealwood
import sealwood.Snapshot
import sealwood.Vault
import sealwood.VaultConfig
import sealwood.engine.EngineBatch
import sealwood.engine.EngineSnapshot
import sealwood.engine.Namespace
import sealwood.engine.NamespaceSnapshot

/** Takes a step. */
suspend fun take(world: World, step: Step): Outcome {
    val verb = step.verb
    return when {
        verb == "store" -> NoOutcome.also { world[step.text("as")] = storeOf(step) }
        verb == "checkStore" -> {
            val store = world.get<Store>(step.text("store")).blobs
            Value(Sealwood.checkStore(store, step.text("prefix")))
        }
        verb == "closeStore" -> NoOutcome.also {
            (world.get<Store>(step.text("store")).blobs as NativeStore).shutdown()
        }
        verb == "misbehave" -> NoOutcome.also { misbehave(world, step) }
        verb == "awaitCall" -> NoOutcome.also { hostOf(world, step).awaitCall() }
        verb == "calls" -> calls(world, step)
        verb == "progress" -> checkProgress(world, step)
        verb == "prepare" -> NoOutcome.also { prepareVault(world, step) }
        verb == "create" || verb == "open" -> NoOutcome.also { openVault(world, step) }
        verb == "shared" -> NoOutcome.also { openLink(world, step) }
        verb == "version" -> Value(Sealwood.version)
        verb == "phraseOfSecret" ->
            Value(Sealwood.phraseOfSecret(checkNotNull(step.maybeSecret()) { "no secret" }))
        verb == "secretOfPhrase" -> Value(digitsOf(Sealwood.secretOfPhrase(step.text("phrase"))))
        verb.startsWith("object.") -> takeObject(world, verb.removePrefix("object."), step)
        verb.startsWith("engine.") -> takeEngine(world, verb.removePrefix("engine."), step)
        verb.startsWith("hash.") -> takeHash(world, verb.removePrefix("hash."), step)
        verb.startsWith("partitions.") -> takePartitions(world, verb.removePrefix("partitions."), step)
        step.value("batch") != null -> takeBatch(world, world.get<Batch>(step.text("batch")), step)
        step.value("snapshot") != null ->
            takeRead(world, world.get<Snapshot>(step.text("snapshot")), step)
        step.value("new") != null ->
            takeNewVault(world, world.get<NewVault>(step.text("new")), step)
        step.value("vault") != null -> takeVault(world, world.get<Vault>(step.text("vault")), step)
        else -> takeOfEngine(world, step)
    }
}

/** Takes a step on something of an engine. */
private suspend fun takeOfEngine(world: World, step: Step): Outcome =
    when {
        step.value("namespace") != null ->
            takeNamespace(world, world.get<Namespace>(step.text("namespace")), step)
        step.value("namespaceSnapshot") != null ->
            takeNamespaceSnapshot(world, world.get<NamespaceSnapshot>(step.text("namespaceSnapshot")), step)
        step.value("engineSnapshot") != null ->
            takeEngineSnapshot(world, world.get<EngineSnapshot>(step.text("engineSnapshot")), step)
        step.value("engineBatch") != null ->
            takeEngineBatch(world, world.get<EngineBatch>(step.text("engineBatch")), step)
        step.value("scan") != null -> takeScan(world.get<OpenScan>(step.text("scan")), step)
        else -> takeWatch(world, world.get<OpenWatch>(step.text("watch")), step)
    }

/** The step asks for something nobody does. */
fun unknown(step: Step): Nothing = error("nothing is called ${step.verb} here")

private suspend fun storeOf(step: Step): Store {
    val kind = step.maybeText("kind") ?: "memory"
    val host = HostStore()
    return when (kind) {
        "host" -> Store(BlobStore.custom(host), host)
        "bare" -> Store(BlobStore.custom(BareStore(host)), host)
        else -> Store(nativeStore(kind, step))
    }
}

private suspend fun nativeStore(kind: String, step: Step): BlobStore =
    when (kind) {
        "memory" -> BlobStore.memory()
        "objects" -> BlobStore.memory().also { store ->
            for ((key, digits) in checkNotNull(step.maybeObject("objects")) { "no objects" }) {
                store.put(key, bytesOf((digits as JsonPrimitive).content))
            }
        }
        "local" -> BlobStore.local(step.text("path"))
        "directory" -> BlobStore.directory(step.text("path"))
        "s3" -> BlobStore.s3(
            S3Config(
                region = "us-east-1",
                bucket = step.text("bucket"),
                accessKeyId = "test",
                secretAccessKey = "test",
                endpoint = step.text("endpoint"),
                prefix = step.maybeText("prefix"),
                pathStyle = true,
                allowHttp = true,
            ),
        )
        else -> error("no kind of store: $kind")
    }

private suspend fun prepareVault(world: World, step: Step) {
    val (name, config) = step.maybeText("as") to configOf(step)
    credentialOf(world, step).use { world[name] = Vault.prepare(it, config) }
}

private suspend fun openVault(world: World, step: Step) {
    val store = world.get<Store>(step.text("store")).blobs
    if (step.verb == "create" && step.value("new") != null) {
        val new = world.get<NewVault>(step.text("new"))
        world[step.maybeText("as")] = new.create(store)
        return
    }
    val (name, config) = step.maybeText("as") to configOf(step)
    credentialOf(world, step).use { credential ->
        world[name] = when (step.verb) {
            "create" -> Vault.create(store, credential, config)
            else -> Vault.open(store, credential, config)
        }
    }
}

private fun credentialOf(world: World, step: Step): Credential {
    val (secret, passphrase) = step.maybeSecret() to step.maybeText("passphrase")
    val phrase = step.maybeText("phrase")
    check(listOfNotNull(secret, passphrase, phrase).size == 1) { "one credential" }
    return when {
        secret != null -> Credential.secret(secret)
        passphrase != null -> Credential.passphrase(passphrase)
        else -> Credential.phrase(world.find<Phrase>(phrase!!)?.words ?: phrase)
    }
}

private fun configOf(step: Step): VaultConfig {
    val kdf = costs(step, "kdf", setOf("memoryKib", "passes", "lanes"))
    val ceiling = costs(step, "kdfCeiling", setOf("memoryKib", "passes"))
    return VaultConfig(
        chunkBytes = step.maybeNumber("chunkBytes")?.let(Math::toIntExact),
        kdf = VaultConfig.Kdf(kdf("memoryKib"), kdf("passes"), kdf("lanes")),
        kdfCeiling = VaultConfig.KdfCeiling(ceiling("memoryKib"), ceiling("passes")),
        memoryBudgetBytes = step.maybeNumber("memoryBudgetBytes"),
        packBytesMax = step.maybeNumber("packBytesMax"),
        extentBytesMax = step.maybeNumber("extentBytesMax")?.let(Math::toIntExact),
    )
}

/** The numbers of a member of [step]. */
private fun costs(step: Step, member: String, known: Set<String>): (String) -> Int? {
    val costs = step.maybeObject(member) ?: JsonObject(emptyMap())
    val unknown = costs.keys - known
    check(unknown.isEmpty()) { "unknown member ${unknown.first()} of $member" }
    return { name -> (costs[name] as? JsonPrimitive)?.long?.let(Math::toIntExact) }
}

private fun openLink(world: World, step: Step) {
    val store = world.get<Store>(step.text("store")).blobs
    val (spelled, name) = step.text("link") to step.maybeText("as")
    val link = world.find<Link>(spelled)
    val bytes = if (link == null) bytesOf(spelled) else checkNotNull(link.bytes) { "an empty directory" }
    world[name] = Snapshot.shared(store, bytes)
}

private fun hostOf(world: World, step: Step): HostStore =
    checkNotNull(world.get<Store>(step.text("store")).host) { "only a store that the runner wrote does that" }

private fun misbehave(world: World, step: Step) {
    val host = hostOf(world, step)
    val (method, at) = step.maybeText("method") to step.number("at")
    check(method == null || method in METHODS) { "no method of a store: $method" }
    check(at > 0) { "calls are counted from 1" }
    when (val how = step.text("how")) {
        "hang" -> host.arm(method, at, HostStore.How.HANG)
        // The language has no answer of a wrong type.
        "throw", "wrongType" -> host.arm(method, at, HostStore.How.THROW)
        "oversized" -> host.arm(method, at, HostStore.How.OVERSIZED)
        "lose" -> host.arm(method, at, HostStore.How.LOSE)
        "code" -> host.arm(method, at, HostStore.How.CODE, step.text("code"))
        else -> error("no way to misbehave: $how")
    }
}

private val METHODS = setOf("get", "getRange", "put", "delete", "deleteMany", "list", "head")

private fun calls(world: World, step: Step): Outcome {
    val count = hostOf(world, step).calls
    world[step.maybeText("as")] = Calls(count)
    val since = step.maybeText("since")?.let { world.get<Calls>(it).count } ?: 0
    return Value(count - since)
}

private fun checkProgress(world: World, step: Step): Outcome {
    val reports = world.get<Reports>(step.text("of")).reports
    val expect = checkNotNull(step.maybeObject("expect")) { "no expect" }
    check((expect.keys - "total").isEmpty()) { "not a progress: $expect" }
    val total = expect["total"]?.let { (it as JsonPrimitive).long }
    val last = checkNotNull(reports.lastOrNull()) { "no progress was reported" }
    check(reports.zipWithNext().all { (one, next) -> one.done <= next.done }) { "progress fell: $reports" }
    check(last.total == last.done && (total ?: last.done) == last.done) { "progress ended with $last" }
    // Compared already.
    return Value(expect)
}
