/// Streams out of the native library, which are pulled, and sources into it.
library;

import 'dart:async';
import 'dart:typed_data';

import 'call.dart';
import 'entry.dart';
import 'error.dart';
import 'generated/api/answer.dart' as native;
import 'generated/api/call.dart' as native;
import 'generated/api/stream.dart' as native;
import 'input.dart';
import 'pulled.dart';

/// A stream of a content's pieces.
Stream<Uint8List> pieces(
  CancelToken? cancel,
  OnProgress? onProgress,
  Future<native.Pieces> Function(native.Call call) open,
) => Pulled<native.Pieces, Uint8List>(
  cancel,
  onProgress,
  open,
  (pull) async => [?await pull.next()],
  (pull) => pull
    ..close()
    ..dispose(),
).stream;

/// A stream of entries.
Stream<EntryInfo> entries(
  CancelToken? cancel,
  Future<native.Entries> Function(native.Call call) open,
) => Pulled<native.Entries, EntryInfo>(
  cancel,
  null,
  open,
  (pull) async => [for (final entry in await pull.next()) entryOf(entry)],
  (pull) => pull
    ..close()
    ..dispose(),
).stream;

/// A source of the app's, for one put.
final class Source {
  final StreamIterator<List<int>> _pieces;

  /// The pieces of [stream].
  Source(Stream<List<int>> stream) : _pieces = StreamIterator(stream);

  /// The next piece, or why there is none: nothing is thrown into the glue.
  Future<native.SourceAnswer> next() async {
    try {
      if (!await _pieces.moveNext()) return const native.SourceAnswer();
      final piece = _pieces.current;
      final bytes = piece is Uint8List ? piece : Uint8List.fromList(piece);
      return native.SourceAnswer(piece: whole(bytes));
    } on SealwoodException catch (error) {
      return _failure(error.code, error.message);
    } catch (error) {
      return _failure(null, '$error');
    }
  }

  /// Gives the stream up. It is not waited for: it may never end.
  void release() => unawaited(_pieces.cancel().onError((_, _) {}));

  native.SourceAnswer _failure(String? code, String message) => native.SourceAnswer(
    failure: native.CallbackFailure(code: code, message: message),
  );
}

/// Makes a put from [stream], which is given up when the put ends.
Future<T> putFrom<T>(
  Stream<List<int>> stream,
  CancelToken? cancel,
  OnProgress? onProgress,
  Future<T> Function(Source source, native.Call call) put,
) async {
  final source = Source(stream);
  try {
    return await run(cancel, onProgress, (call) => put(source, call));
  } finally {
    source.release();
  }
}
