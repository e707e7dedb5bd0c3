/// How keys are written and scanned.
library;

import 'dart:typed_data';

import '../generated/api/engine/write.dart' as native;
import 'bytes.dart';

export '../generated/api/engine/write.dart' show ScanOrder;

/// When a write is acknowledged.
enum Durability {
  /// At once: it is durable after the next sync, whoever asks for it.
  none,

  /// Once a sync has covered it that may be shared with other writers.
  group,

  /// Once a sync has covered it that begins now.
  sync,
}

/// What must hold of a key for a write to take effect; otherwise the write fails with `precondition-failed`. An
/// expired key is absent.
final class KeyPrecondition {
  final bool? _exists;
  final int? _revision;

  /// There is no such key.
  const KeyPrecondition.absent() : _exists = false, _revision = null;

  /// There is such a key.
  const KeyPrecondition.present() : _exists = true, _revision = null;

  /// The last change of the key made the revision [number].
  const KeyPrecondition.revision(int number) : _exists = null, _revision = number;
}

/// The durability in the glue's form.
native.Durability nativeDurability(Durability durability) => switch (durability) {
  Durability.none => native.Durability.none,
  Durability.group => native.Durability.group,
  Durability.sync => native.Durability.sync_,
};

/// How a key is written, in the glue's form.
native.WriteSpec writeSpec({
  KeyPrecondition? precondition,
  Durability durability = Durability.group,
  int? expiresAtMs,
}) => native.WriteSpec(
  condition: native.KeyCondition(exists: precondition?._exists, revision: precondition?._revision),
  durability: nativeDurability(durability),
  expiresAtMs: expiresAtMs,
);

/// What is scanned, in the glue's form.
native.ScanSpec scanSpec({
  Uint8List? prefix,
  Uint8List? start,
  Uint8List? end,
  Uint8List? startAfter,
  native.ScanOrder order = native.ScanOrder.ascending,
  int? limit,
}) {
  checkBytes([prefix, start, end, startAfter]);
  return native.ScanSpec(
    prefix: prefix ?? Uint8List(0),
    start: start,
    end: end,
    startAfter: startAfter,
    order: order,
    limit: limit,
  );
}
