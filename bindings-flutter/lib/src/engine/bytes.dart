/// Bytes that are handed over.
library;

import 'dart:typed_data';

import '../error.dart';
import '../input.dart' show bytesMax;

/// Fails if these are together too many bytes to be handed over in one piece.
void checkBytes(Iterable<Uint8List?> parts) {
  var bytes = 0;
  for (final part in parts) {
    bytes += part?.length ?? 0;
    if (bytes > bytesMax) {
      throw const SealwoodException(
        'invalid-argument',
        'invalid argument: more than 2 GiB in one call',
      );
    }
  }
}

/// [bytes], unless they are too many to be handed over in one piece.
Uint8List handed(Uint8List bytes) {
  checkBytes([bytes]);
  return bytes;
}

/// The moment that is [ms] milliseconds after 1970, or the last that a [DateTime] holds.
DateTime? momentOf(int? ms) => ms == null
    ? null
    : DateTime.fromMillisecondsSinceEpoch(ms < _momentMax ? ms : _momentMax, isUtc: true);

const int _momentMax = 8640000000000000;
