/// The hash of a set of rows, and where rows belong.
library;

import 'dart:typed_data';

import '../error.dart';
import '../generated/api/engine/hash.dart' as native;
import '../handle.dart';
import 'bytes.dart';

/// Where rows belong, and with which secret they are hashed. The name is part of every element: the same row in two
/// domains is two elements.
final class Domain extends Handle<native.Domain> {
  Domain._(super.native);

  /// The domain of a [name] of up to 255 bytes; `domain-length` if there are more. Anybody can compute its elements.
  factory Domain(Uint8List name) =>
      guardSync(() => Domain._(native.Domain.named(name: handed(name))));

  /// The domain of a [name] under a [secret] of 32 bytes: who does not know it can neither guess rows from a hash
  /// nor make rows for one. The secret is wiped with the handle. Fails with `domain-length` if the name has more than
  /// 255 bytes, and with `invalid-argument` if the secret has more or fewer than 32.
  factory Domain.keyed(Uint8List secret, Uint8List name) {
    checkBytes([secret, name]);
    return guardSync(() => Domain._(native.Domain.named(name: name, secret: secret)));
  }

  /// The name.
  Uint8List get name => guardSync(() => inner.name());

  /// Whether there is a secret.
  bool get isKeyed => guardSync(() => inner.isKeyed());
}

/// The hash of a set of rows, which follows every change in constant time: 1,024 numbers of 16 bits, each the sum of
/// those of the rows' elements. Order does not matter, and the hash of two sets together is the sum of their hashes.
/// `docs/LTHASH.md` of the repository says what equality proves.
///
/// A row that is added twice counts twice, and one that is removed without having been added leaves a hash that no
/// set has. Hashes are computed at once, where they are asked for.
final class LtHash extends Handle<native.LtHash> {
  /// For partitions.
  LtHash.of(super.native);

  /// The hash of no rows.
  factory LtHash() => guardSync(() => LtHash.of(native.LtHash.identity()));

  /// The hash of no rows.
  factory LtHash.identity() = LtHash;

  /// The hash that [encode] gave; `hash-length` unless there are 2,048 bytes.
  factory LtHash.decode(Uint8List bytes) =>
      guardSync(() => LtHash.of(native.LtHash.decode(bytes: handed(bytes))));

  /// Adds a row.
  void add(Domain domain, Uint8List key, Uint8List value) {
    checkBytes([key, value]);
    guardSync(() => inner.add(domain: domain.inner, key: key, value: value));
  }

  /// Removes a row that was added before.
  void remove(Domain domain, Uint8List key, Uint8List value) {
    checkBytes([key, value]);
    guardSync(() => inner.remove(domain: domain.inner, key: key, value: value));
  }

  /// Adds many rows, keys and values, several times as fast as one by one.
  void addBatch(Domain domain, Iterable<(Uint8List key, Uint8List value)> rows) =>
      guardSync(() => inner.addBatch(domain: domain.inner, rows: handedRows(rows)));

  /// Removes many rows, keys and values.
  void removeBatch(Domain domain, Iterable<(Uint8List key, Uint8List value)> rows) =>
      guardSync(() => inner.removeBatch(domain: domain.inner, rows: handedRows(rows)));

  /// Adds a [message] as it is, without a domain, as the hash of other implementations does.
  void addRaw(Uint8List message) => guardSync(() => inner.addRaw(message: handed(message)));

  /// Removes such a [message].
  void removeRaw(Uint8List message) => guardSync(() => inner.removeRaw(message: handed(message)));

  /// Adds all rows of another hash.
  void merge(LtHash other) => guardSync(() => inner.merge(other: other.inner));

  /// Removes all rows of another hash.
  void subtract(LtHash other) => guardSync(() => inner.subtract(other: other.inner));

  /// Whether it is the hash of no rows, in constant time.
  bool isIdentity() => guardSync(() => inner.isIdentity());

  /// Whether both are the same, in constant time.
  bool equals(LtHash other) => guardSync(() => inner.equals(other: other.inner));

  /// Its 2,048 bytes.
  Uint8List encode() => guardSync(() => inner.encode());

  /// The 32 bytes of its BLAKE3 hash, to show and to compare.
  Uint8List checksum() => guardSync(() => inner.checksum());

  /// The same in a handle of its own.
  LtHash copy() => guardSync(() => LtHash.of(inner.copy()));

  /// Whether both are the same: see [equals].
  @override
  bool operator ==(Object other) => identical(this, other) || other is LtHash && equals(other);

  /// Follows from the rows, and changes with them.
  @override
  int get hashCode => Object.hashAll(checksum());
}

/// The bucket of [key], 0 to 255.
int bucketOf(Uint8List key) => guardSync(() => native.bucketOf(key: handed(key)));

/// The rows, unless they are too many bytes to be handed over in one piece.
List<(Uint8List, Uint8List)> handedRows(Iterable<(Uint8List key, Uint8List value)> rows) {
  final list = [...rows];
  checkBytes([
    for (final (key, value) in list) ...[key, value],
  ]);
  return list;
}
