/// What a step gives, and whether that is what the scenario says.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'content.dart';
import 'problem.dart';

/// What a step gives.
sealed class Outcome {
  const Outcome();

  /// Nothing if this is what [expect] says, else a [Problem].
  void compare(Object? expect);
}

/// Nothing that could be compared.
final class Nothing extends Outcome {
  /// Nothing.
  const Nothing();

  @override
  void compare(Object? expect) => throw Problem('the step gives nothing, expected $expect');
}

/// Bytes.
final class Content extends Outcome {
  /// They.
  final Uint8List bytes;

  /// Bytes.
  const Content(this.bytes);

  @override
  void compare(Object? expect) {
    final expected = contentOf(expect);
    if (!sameBytes(bytes, expected)) {
      throw Problem('expected ${shown(expected)}, came ${shown(bytes)}');
    }
  }
}

/// A value; of an object, the members that are expected are compared.
final class Value extends Outcome {
  /// It, as JSON has it.
  final Object? value;

  /// A value.
  const Value(this.value);

  @override
  void compare(Object? expect) {
    final came = value;
    if (expect is! Map<String, Object?> || came is! Map<String, Object?>) return same(expect, came);
    for (final MapEntry(key: name, value: expected) in expect.entries) {
      if (!came.containsKey(name)) throw Problem('nothing is called "$name"');
      same(expected, came[name], name);
    }
  }
}

/// The paths of a listing in no particular order.
final class Paths extends Outcome {
  /// They.
  final List<String> paths;

  /// Paths.
  const Paths(this.paths);

  @override
  void compare(Object? expect) {
    if (expect case {'paths': final List<Object?> expected} when expect.length == 1) {
      return same([...expected.cast<String>()]..sort(), [...paths]..sort());
    }
    throw Problem('not a set of paths: $expect');
  }
}

/// The members of an entry.
Value entryOutcome(EntryInfo entry) => Value(<String, Object?>{
  'path': entry.path,
  'name': entry.name,
  'kind': entry.kind.name,
  'size': entry.size,
  'modifiedMs': entry.modifiedMs,
  'contentType': entry.contentType,
  'metadata': entry.metadata,
});

/// The members of the figures.
Value statsOutcome(VaultStats stats) => Value(<String, Object?>{
  'sequence': stats.sequence,
  'tailOperations': stats.tailOperations,
  'chunkBytes': stats.chunkBytes,
  'convergence': stats.convergence.name,
  'futureCommitMs': stats.futureCommitMs,
  'indexRequests': stats.indexRequests,
  'indexBytes': stats.indexBytes,
  'contentRequests': stats.contentRequests,
  'contentBytes': stats.contentBytes,
  'commits': stats.commits,
  'spills': stats.spills,
  'conflicts': stats.conflicts,
});

/// Nothing if [error] is what [expected] says.
void compareError(SealwoodException error, Object? expected) {
  if (expected is! Map<String, Object?> || !expected.containsKey('code')) {
    throw const Problem('"error" has no code');
  }
  for (final MapEntry(key: name, value: expected) in expected.entries) {
    switch (name) {
      case 'code':
        same(expected, error.code);
      case 'path':
        same(expected, error.path);
      default:
        throw Problem('nothing of an error is called "$name"');
    }
  }
}

/// Nothing if [came] is [expected], as JSON has them.
void same(Object? expected, Object? came, [String? name]) {
  if (!_isSame(expected, came)) {
    throw Problem('${name == null ? '' : '$name: '}expected $expected, came $came');
  }
}

bool _isSame(Object? a, Object? b) => switch ((a, b)) {
  (final List<Object?> a, final List<Object?> b) =>
    a.length == b.length && a.indexed.every((item) => _isSame(item.$2, b[item.$1])),
  (final Map<String, Object?> a, final Map<String, Object?> b) =>
    a.length == b.length &&
        a.entries.every((entry) => b.containsKey(entry.key) && _isSame(entry.value, b[entry.key])),
  _ => a == b,
};
