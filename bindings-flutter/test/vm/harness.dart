/// As much of a test framework as these tests need, for machines without pub.
library;

import 'dart:async';
import 'dart:io';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

/// A test that takes longer hangs.
const _testMax = Duration(minutes: 10);

final List<(String, FutureOr<void> Function())> _tests = [];

/// Adds a test.
void test(String name, FutureOr<void> Function() body) => _tests.add((name, body));

/// Runs every test, prints the counts and leaves the process.
Future<Never> runTests() async {
  var (passed, failed) = (0, 0);
  for (final (name, body) in _tests) {
    final error = await _run(body);
    if (error == null) {
      stdout.writeln('test $name ... ok');
      passed += 1;
    } else {
      stdout.writeln('test $name ... FAILED\n$error');
      failed += 1;
    }
  }
  final word = failed == 0 ? 'ok' : 'FAILED';
  stdout.writeln('test result: $word. $passed passed; $failed failed; 0 ignored');
  await stdout.flush();
  exit(failed == 0 ? 0 : 1);
}

/// Runs a test; an error that nobody caught is a failure too.
Future<Object?> _run(FutureOr<void> Function() body) {
  final ended = Completer<Object?>();
  void end(Object? error) => ended.isCompleted ? null : ended.complete(error);
  runZonedGuarded(
    () => unawaited(
      Future.sync(body)
          .timeout(_testMax, onTimeout: () => throw TimeoutException('no end', _testMax))
          .then((_) => end(null), onError: (Object e, StackTrace s) => end('$e\n$s')),
    ),
    (error, trace) => end('uncaught: $error\n$trace'),
  );
  return ended.future;
}

/// What was expected and did not come.
final class Unexpected implements Exception {
  /// What.
  final String what;

  /// A failure.
  const Unexpected(this.what);

  @override
  String toString() => what;
}

/// Fails unless [condition] holds.
void check(bool condition, String what) {
  if (!condition) throw Unexpected(what);
}

/// Fails unless the two are equal, item by item in lists and maps.
void expect(Object? came, Object? expected) =>
    check(_same(came, expected), 'expected ${_shown(expected)}, came ${_shown(came)}');

String _shown(Object? value) => value is Uint8List ? '${value.length} bytes' : '$value';

bool _same(Object? a, Object? b) => switch ((a, b)) {
  (final List<Object?> a, final List<Object?> b) =>
    a.length == b.length && a.indexed.every((item) => _same(item.$2, b[item.$1])),
  (final Map<Object?, Object?> a, final Map<Object?, Object?> b) =>
    a.length == b.length &&
        a.entries.every((entry) => b.containsKey(entry.key) && _same(entry.value, b[entry.key])),
  _ => a == b,
};

/// The error of [call], which has to have [code].
Future<SealwoodException> expectError(String code, FutureOr<Object?> Function() call) async {
  final Object? came;
  try {
    came = await call();
  } on SealwoodException catch (error) {
    check(error.code == code, 'expected the error $code, came $error');
    return error;
  }
  throw Unexpected('expected the error $code, came ${_shown(came)}');
}

/// [size] bytes that depend on [seed].
Uint8List pattern(int seed, int size) {
  final bytes = Uint8List(size);
  for (var i = 0; i < size; i++) {
    bytes[i] = seed + 31 * i + i ~/ 251;
  }
  return bytes;
}

/// The secret of the vaults of these tests.
final Credential secret = Credential.secret(Uint8List(32)..fillRange(0, 32, 7));

/// Small chunks, an extent each, so that little content makes many.
const smallChunks = VaultConfig(chunkBytes: 131072, extentBytesMax: 131072);

/// A new vault in [store], or in memory.
Future<Vault> newVault([BlobStore? store]) =>
    Vault.create(store ?? BlobStore.memory(), secret, config: smallChunks);
