/// What vaults and snapshots are read by.
library;

import 'dart:typed_data';

import 'call.dart';
import 'entry.dart';
import 'generated/api/tree.dart' as native;
import 'stream.dart' as stream;

/// A tree of directories and files to read from: a `Vault` as it is now, or a `Snapshot`.
///
/// Paths are segments joined by `/`; a leading slash makes no difference, and the empty path is the top.
/// Methods may run side by side.
base mixin Tree {
  /// How the library reads it. Not for apps.
  native.Tree get reader;

  /// The entry at [path]. The top directory has size 0 and no times.
  Future<EntryInfo> stat(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => entryOf(await reader.stat(path: path, call: call)));

  /// Whether there is an entry at [path].
  Future<bool> exists(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => reader.exists(path: path, call: call));

  /// The whole content of the file at [path].
  Future<Uint8List> get(String path, {CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) => reader.read(path: path, call: call));

  /// The bytes from [start] to [end] of the file at [path]. Fails with `range-past-end` if its content ends
  /// before.
  Future<Uint8List> getRange(
    String path,
    int start,
    int end, {
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => run(
    cancel,
    onProgress,
    (call) => reader.read(path: path, start: start, end: end, call: call),
  );

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
    (call) => reader.getStream(path: path, start: start, end: end, call: call),
  );

  /// A sorted page of the entries of the directory at [path]: those after the name [after], at most [limit]
  /// (1 to 10,000; 1,000 if null).
  Future<ListPage> list(String path, {String? after, int? limit, CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async => pageOf(await reader.list(path: path, after: after, limit: limit, call: call)),
  );

  /// The entries of the directory at [path], in no order that means anything.
  Stream<EntryInfo> entries(String path, {CancelToken? cancel}) =>
      stream.entries(cancel, (call) => reader.entries(path: path, call: call));

  /// Every entry below [path], each directory before what it holds.
  Stream<EntryInfo> entriesRecursive(String path, {CancelToken? cancel}) =>
      stream.entries(cancel, (call) => reader.entriesRecursive(path: path, call: call));
}
