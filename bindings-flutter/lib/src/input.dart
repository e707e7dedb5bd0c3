/// What calls are given.
library;

import 'dart:typed_data';

import 'error.dart';
import 'generated/api/input.dart' as native;

/// What a vault is opened with.
final class Credential {
  final Uint8List? _secret;
  final String? _phrase;
  final String? _passphrase;

  /// The 32 bytes of a secret, kept by the app, for example in the platform's key store.
  const Credential.secret(Uint8List bytes) : _secret = bytes, _phrase = null, _passphrase = null;

  /// 24 recovery words.
  const Credential.phrase(String words) : _secret = null, _phrase = words, _passphrase = null;

  /// A passphrase of 1 to 1,024 bytes.
  const Credential.passphrase(String text) : _secret = null, _phrase = null, _passphrase = text;
}

/// The cost of guessing a passphrase. What is null is the core's default.
final class KdfConfig {
  /// Memory, in KiB.
  final int? memoryKib;

  /// Passes over it.
  final int? passes;

  /// Lanes.
  final int? lanes;

  /// A cost.
  const KdfConfig({this.memoryKib, this.passes, this.lanes});
}

/// The most that a passphrase may cost. What is null is the core's default.
final class KdfCeiling {
  /// Memory, in KiB.
  final int? memoryKib;

  /// Passes over it.
  final int? passes;

  /// A ceiling.
  const KdfCeiling({this.memoryKib, this.passes});
}

/// How a vault is created and held in memory. What is null is the core's default.
final class VaultConfig {
  /// The size of a chunk of a new vault: a power of two from 128 KiB to 16 MiB.
  final int? chunkBytes;

  /// The cost of guessing the passphrase of a new vault.
  final KdfConfig kdf;

  /// What a passphrase may cost, in opening and in creating: its memory, and its work (memory times
  /// passes). Beyond it, `passphrase-too-costly`.
  final KdfCeiling kdfCeiling;

  /// About how many bytes of directory nodes stay in memory.
  final int? memoryBudgetBytes;

  /// The most bytes one pack holds.
  final int? packBytesMax;

  /// The most bytes of content one extent holds: at least a chunk, at most 64 chunks and 64 MiB. A
  /// put has up to five extents in memory.
  final int? extentBytesMax;

  /// Settings.
  const VaultConfig({
    this.chunkBytes,
    this.kdf = const KdfConfig(),
    this.kdfCeiling = const KdfCeiling(),
    this.memoryBudgetBytes,
    this.packBytesMax,
    this.extentBytesMax,
  });
}

/// A bucket, where it is, and on whose behalf.
final class S3Config {
  /// The URL of the service; that of Amazon S3 if null.
  final String? endpoint;

  /// The region that requests are signed for.
  final String region;

  /// The bucket.
  final String bucket;

  /// What all keys start with, without the `/` after it.
  final String? prefix;

  /// Whether the bucket stands in the path rather than in the host. If null, it does where there is an
  /// [endpoint] or the bucket's name has a dot.
  final bool? pathStyle;

  /// The access key.
  final String accessKeyId;

  /// The secret of the access key.
  final String secretAccessKey;

  /// The token of a session's key; an empty one is none.
  final String? sessionToken;

  /// Whether an [endpoint] that is not this machine may be reached without TLS.
  final bool allowHttp;

  /// Whether signatures stand in URLs, where servers may log them, instead of headers.
  final bool signedUrls;

  /// How long no byte of a request may move before it counts as failed; 20 seconds if null. A request on which
  /// bytes move may take any time. Unless this or what follows is set, a server that never answers fails a call
  /// within two minutes.
  final Duration? idleTimeout;

  /// The most requests under way at once, at least 1; 16 if null. A store begins with 4, and has as many as the
  /// link and the server bear.
  final int? requestsMax;

  /// How often a call is tried while the server is unavailable, at least 1; 6 if null.
  final int? attemptsMax;

  /// The longest wait that a server may ask for before the next try; a minute if null.
  final Duration? retryAfterMax;

  /// How long after the first failure of a call another try may begin, without the waits that the server
  /// asked for; 30 seconds if null.
  final Duration? giveUpAfter;

  /// Certificates in PEM that are trusted in place of the built-in ones, for a server with a private authority.
  final String? caBundle;

  /// A bucket.
  const S3Config({
    this.endpoint,
    required this.region,
    required this.bucket,
    this.prefix,
    this.pathStyle,
    required this.accessKeyId,
    required this.secretAccessKey,
    this.sessionToken,
    this.allowHttp = false,
    this.signedUrls = false,
    this.idleTimeout,
    this.requestsMax,
    this.attemptsMax,
    this.retryAfterMax,
    this.giveUpAfter,
    this.caBundle,
  });
}

/// The most bytes that are handed over in one piece.
const int bytesMax = 0x7fff0000;

/// [bytes], unless they are too many to be handed over in one piece.
Uint8List whole(Uint8List bytes) {
  if (bytes.length <= bytesMax) return bytes;
  throw const SealwoodException(
    'invalid-argument',
    'invalid argument: a content beyond 2 GiB is put as a stream',
  );
}

/// The credential in the glue's form.
native.CredentialSpec credentialSpec(Credential credential) => native.CredentialSpec(
  secret: credential._secret,
  phrase: credential._phrase,
  passphrase: credential._passphrase,
);

/// The settings in the glue's form.
native.ConfigSpec configSpec(VaultConfig config) => native.ConfigSpec(
  chunkBytes: config.chunkBytes,
  memoryKib: config.kdf.memoryKib,
  passes: config.kdf.passes,
  lanes: config.kdf.lanes,
  ceilingMemoryKib: config.kdfCeiling.memoryKib,
  ceilingPasses: config.kdfCeiling.passes,
  memoryBudgetBytes: config.memoryBudgetBytes,
  packBytesMax: config.packBytesMax,
  extentBytesMax: config.extentBytesMax,
);

/// The bucket in the glue's form.
native.S3Spec s3Spec(S3Config config) => native.S3Spec(
  endpoint: config.endpoint,
  region: config.region,
  bucket: config.bucket,
  prefix: config.prefix,
  pathStyle: config.pathStyle,
  accessKeyId: config.accessKeyId,
  secretAccessKey: config.secretAccessKey,
  sessionToken: config.sessionToken,
  allowHttp: config.allowHttp,
  signedUrls: config.signedUrls,
  idleTimeoutMs: config.idleTimeout?.inMilliseconds,
  requestsMax: config.requestsMax,
  attemptsMax: config.attemptsMax,
  retryAfterMaxMs: config.retryAfterMax?.inMilliseconds,
  giveUpAfterMs: config.giveUpAfter?.inMilliseconds,
  caBundle: config.caBundle,
);

/// What is attached to an entry and how it is put, in the glue's form.
native.PutSpec putSpec({
  String? contentType,
  Map<String, String> metadata = const {},
  int? modifiedMs,
  bool deferred = false,
  int? sizeHint,
}) => native.PutSpec(
  contentType: contentType,
  metadata: [for (final MapEntry(:key, :value) in metadata.entries) (key, value)],
  modifiedMs: modifiedMs,
  isDeferred: deferred,
  sizeHint: sizeHint,
);
