/// Contents as scenarios write them.
library;

import 'dart:convert';
import 'dart:typed_data';

import 'problem.dart';

/// The bytes that [value] stands for: `text`, `hex`, or `seed` and `size`.
Uint8List contentOf(Object? value) => switch (value) {
  {'text': final String text} when value.length == 1 => utf8.encode(text),
  {'hex': final String digits} when value.length == 1 => bytesOf(digits),
  {'seed': final int seed, 'size': final int size} when value.length == 2 => _pattern(
    seed,
    size,
    0,
  ),
  {'seed': final int seed, 'size': final int size, 'from': final int from} when value.length == 3 =>
    _pattern(seed, size, from),
  _ => throw Problem('not a content: $value'),
};

Uint8List _pattern(int seed, int size, int from) {
  final bytes = Uint8List(size);
  for (var i = 0; i < size; i++) {
    final index = from + i;
    bytes[i] = seed + 31 * index + index ~/ 251;
  }
  return bytes;
}

/// The bytes in hexadecimal [digits].
Uint8List bytesOf(String digits) {
  if (!RegExp(r'^([0-9a-f]{2})*$', caseSensitive: false).hasMatch(digits)) {
    throw Problem('not hexadecimal: $digits');
  }
  return Uint8List.fromList([
    for (var i = 0; i < digits.length; i += 2) int.parse(digits.substring(i, i + 2), radix: 16),
  ]);
}

/// [bytes] in hexadecimal digits.
String digitsOf(Uint8List bytes) =>
    [for (final byte in bytes) byte.toRadixString(16).padLeft(2, '0')].join();

/// [bytes] for a message.
String shown(Uint8List bytes) =>
    bytes.length <= 32 ? 'the bytes ${digitsOf(bytes)}' : '${bytes.length} bytes';

/// Whether the bytes are the same.
bool sameBytes(Uint8List a, Uint8List b) {
  if (a.length != b.length) return false;
  for (var i = 0; i < a.length; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}
