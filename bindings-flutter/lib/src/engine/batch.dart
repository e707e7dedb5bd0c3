/// Changes of an engine that happen together.
library;

import 'dart:typed_data';

import '../call.dart';
import '../error.dart';
import '../generated/api/engine/batch.dart' as native;
import '../handle.dart';
import 'bytes.dart';
import 'namespace.dart';
import 'write.dart';

/// Changes of namespaces of one engine that are seen, logged and recovered together or not at all: at most 100,000.
/// They wait in memory for [commit]. From a [commit] or [close] on, calls fail with the code `closed`.
final class EngineBatch extends Handle<native.EngineBatch> {
  /// For the engine.
  EngineBatch.of(super.native);

  /// Adds a put. A [precondition] must hold before the first change of the batch. The key expires at [expiresAtMs],
  /// in milliseconds since 1970; never if that is null.
  void put(
    Namespace namespace,
    Uint8List key,
    Uint8List value, {
    KeyPrecondition? precondition,
    int? expiresAtMs,
  }) {
    checkBytes([key, value]);
    guardSync(
      () => inner.put(
        namespace: namespace.inner,
        key: key,
        value: value,
        spec: writeSpec(precondition: precondition, expiresAtMs: expiresAtMs),
      ),
    );
  }

  /// Adds a delete. A [precondition] must hold before the first change of the batch.
  void delete(Namespace namespace, Uint8List key, {KeyPrecondition? precondition}) => guardSync(
    () => inner.delete(
      namespace: namespace.inner,
      key: handed(key),
      spec: writeSpec(precondition: precondition),
    ),
  );

  /// How many changes were added; 0 once it is committed or closed.
  int get length => guardSync(() => inner.length());

  /// Applies all that was added before this is called, and returns the revision of its last change. Fails with
  /// `precondition-failed` if a condition does not hold, and with `invalid-argument` if there is too much, a key is
  /// too long or namespaces are of another engine: then nothing is applied.
  Future<int> commit({Durability durability = Durability.group, CancelToken? cancel}) =>
      run(cancel, null, (call) async {
        final taken = inner.take();
        try {
          return await taken.commit(durability: nativeDurability(durability), call: call);
        } finally {
          taken.dispose();
        }
      });

  /// Drops the changes that were not committed. Does nothing the second time.
  void close() => guardSync(() => inner.discard());
}
