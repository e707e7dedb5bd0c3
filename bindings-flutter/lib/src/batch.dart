/// Changes that are committed together.
library;

import 'dart:typed_data';

import 'call.dart';
import 'error.dart';
import 'generated/api/batch.dart' as native;
import 'handle.dart';
import 'input.dart';
import 'stream.dart';

/// Changes that are committed together or not at all. Contents are sent to the store when they are put; the
/// rest waits in memory for [commit]. From a [commit] or [close] on, calls fail with the code `closed`.
final class Batch extends Handle<native.Batch> {
  /// For the vault.
  Batch.of(super.native);

  /// Creates or replaces the file at [path].
  Future<void> put(
    String path,
    Uint8List bytes, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => run(
    cancel,
    onProgress,
    (call) => inner.put(
      path: path,
      bytes: whole(bytes),
      spec: putSpec(contentType: contentType, metadata: metadata, modifiedMs: modifiedMs),
      call: call,
    ),
  );

  /// Creates or replaces the file at [path] from [source], of any length, in bounded memory.
  Future<void> putStream(
    String path,
    Stream<List<int>> source, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
    int? sizeHint,
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => putFrom(
    source,
    cancel,
    onProgress,
    (source, call) => inner.putStream(
      path: path,
      next: source.next,
      spec: putSpec(
        contentType: contentType,
        metadata: metadata,
        modifiedMs: modifiedMs,
        sizeHint: sizeHint,
      ),
      call: call,
    ),
  );

  /// Makes the directory at [path] unless it exists.
  void mkdir(String path) => guardSync(() => inner.mkdir(path: path));

  /// Removes the file or empty directory at [path].
  void remove(String path) => guardSync(() => inner.remove(path: path));

  /// Removes what is at [path] with all below it.
  void removeAll(String path) => guardSync(() => inner.removeAll(path: path));

  /// Moves a file or a directory.
  void rename(String from, String to) => guardSync(() => inner.rename(from: from, to: to));

  /// Copies a file or a directory.
  void copy(String from, String to) => guardSync(() => inner.copy(from: from, to: to));

  /// Replaces the metadata of the entry at [path].
  void setMetadata(
    String path, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
  }) => guardSync(
    () => inner.setMetadata(
      path: path,
      spec: putSpec(contentType: contentType, metadata: metadata, modifiedMs: modifiedMs),
    ),
  );

  /// How many changes the batch holds.
  int get length => guardSync(() => inner.length());

  /// Makes all changes durable in one commit: those that were added before this is called. If one of them cannot
  /// be done, none is.
  Future<void> commit({CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) async {
        final taken = inner.take();
        try {
          await taken.commit(call: call);
        } finally {
          taken.dispose();
        }
      });

  /// Drops the changes.
  void close() => guardSync(() => inner.discard());
}
