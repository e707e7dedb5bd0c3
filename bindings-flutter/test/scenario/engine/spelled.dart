/// Bytes and rows as steps of the engine and of hashes write them, and as they are spelled in what a step gives.
library;

import 'dart:convert';
import 'dart:typed_data';

import '../content.dart';
import '../problem.dart';
import '../step.dart';

/// The UTF-8 of a text, or the bytes of a content.
Uint8List bytesGiven(Object? value) => value is String ? utf8.encode(value) : contentOf(value);

/// Text if [bytes] are UTF-8, else digits.
Object spelled(Uint8List bytes) {
  try {
    return utf8.decode(bytes);
  } on FormatException {
    return {'hex': digitsOf(bytes)};
  }
}

/// A row as a step gives it.
List<Object?> rowSpelled(Uint8List key, Uint8List value) => [spelled(key), spelled(value)];

/// One of [values], by its name.
T named<T extends Enum>(List<T> values, String name) =>
    values.asNameMap()[name] ?? (throw Problem('nothing of $values is called "$name"'));

/// What a step of the engine or of hashes is given.
extension EngineStep on Step {
  /// Bytes.
  Uint8List bytes(String name) => bytesGiven(value(name) ?? (throw Problem('no "$name"')));

  /// Bytes, if they are there.
  Uint8List? optionalBytes(String name) => has(name) ? bytes(name) : null;

  /// Pairs of key and value.
  List<(Uint8List, Uint8List)> get rows => [
    for (final row in list('rows'))
      switch (row) {
        [final key, final value] => (bytesGiven(key), bytesGiven(value)),
        _ => throw Problem('not a row: $row'),
      },
  ];

  /// One of [values], if it is there.
  T? choice<T extends Enum>(String name, List<T> values) => switch (text(name)) {
    null => null,
    final word => named(values, word),
  };
}
