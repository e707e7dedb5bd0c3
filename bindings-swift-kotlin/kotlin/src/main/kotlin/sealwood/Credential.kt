package sealwood

import java.nio.CharBuffer
import sealwood.ffi.CoreCredential

/**
 * What a vault is opened with. It may open several vaults; [close] wipes it.
 */
public class Credential private constructor(core: CoreCredential) : AutoCloseable {
    internal val lease = Lease(core)

    /** Wipes it. Vaults that were opened with it stay open. */
    override fun close(): Unit = lease.close()

    public companion object {
        /** A secret: 32 bytes, kept by the app, for example in the platform's key store. */
        public fun secret(bytes: ByteArray): Credential =
            Credential(lending(bytes, CoreCredential::secret))

        /** 24 recovery words. */
        public fun phrase(words: String): Credential =
            Credential(lending(words.toByteArray(), CoreCredential::phrase))

        /** A passphrase of 1 to 1,024 bytes in UTF-8. */
        public fun passphrase(text: String): Credential = passphrase(text.toCharArray())

        /** The same, for callers that can wipe [characters] afterwards. */
        public fun passphrase(characters: CharArray): Credential {
            val encoded = Charsets.UTF_8.encode(CharBuffer.wrap(characters))
            val bytes = ByteArray(encoded.remaining()).also(encoded::get)
            encoded.array().fill(0)
            try {
                return Credential(lending(bytes, CoreCredential::passphrase))
            } finally {
                bytes.fill(0)
            }
        }
    }
}
