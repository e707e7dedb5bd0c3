/// A vault or a shared directory as it was at one moment.
library;

import 'dart:typed_data';

import 'call.dart';
import 'entry.dart';
import 'error.dart';
import 'generated/api/snapshot.dart' as native;
import 'handle.dart';
import 'store.dart';
import 'stream.dart' as stream;

/// A vault or a shared directory as it was at one moment. Later changes do not touch it.
final class Snapshot extends Handle<native.Snapshot> {
  /// For the vault.
  Snapshot.of(super.native);

  /// The entry at [path]. The top directory has size 0 and no times.
  Future<EntryInfo> stat(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => entryOf(await inner.stat(path: path, call: call)));

  /// Whether there is an entry at [path].
  Future<bool> exists(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.exists(path: path, call: call));

  /// The whole content of the file at [path].
  Future<Uint8List> get(String path, {CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) => inner.read(path: path, call: call));

  /// The bytes from [start] to [end] of the file at [path]. Fails with `range-past-end` if its content ends
  /// before.
  Future<Uint8List> getRange(
    String path,
    int start,
    int end, {
    CancelToken? cancel,
    OnProgress? onProgress,
  }) =>
      run(cancel, onProgress, (call) => inner.read(path: path, start: start, end: end, call: call));

  /// The content of the file at [path], or from [start] to [end], in pieces of at most a chunk. It is read
  /// as fast as it is listened to; cancelling the subscription ends the requests.
  Stream<Uint8List> getStream(
    String path, {
    int? start,
    int? end,
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => stream.pieces(
    cancel,
    onProgress,
    (call) => inner.getStream(path: path, start: start, end: end, call: call),
  );

  /// A sorted page of the entries of the directory at [path]: those after the name [after], at most [limit]
  /// (1 to 10,000; 1,000 if null).
  Future<ListPage> list(String path, {String? after, int? limit, CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async => pageOf(await inner.list(path: path, after: after, limit: limit, call: call)),
  );

  /// The entries of the directory at [path], in no order that means anything.
  Stream<EntryInfo> entries(String path, {CancelToken? cancel}) =>
      stream.entries(cancel, (call) => inner.entries(path: path, call: call));

  /// Every entry below [path], each directory before what it holds.
  Stream<EntryInfo> entriesRecursive(String path, {CancelToken? cancel}) =>
      stream.entries(cancel, (call) => inner.entriesRecursive(path: path, call: call));
}

/// Directories that were shared by a link.
abstract final class SharedDirectory {
  /// Opens the directory that [link], of `Vault.link`, names: its paths start there. Whoever has the link can
  /// read it, and read access to the store is enough.
  static Snapshot open(BlobStore store, Uint8List link) =>
      guardSync(() => Snapshot.of(native.Snapshot.openShared(store: store.inner, link: link)));
}
