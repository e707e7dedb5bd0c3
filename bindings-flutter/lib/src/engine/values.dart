/// Keys, values and changes.
library;

import 'dart:typed_data';

import '../generated/api/engine/values.dart' as native;
import 'bytes.dart';

export '../generated/api/engine/values.dart' show WatchEventKind;

/// The value of a key.
final class EngineValue {
  /// The bytes.
  final Uint8List bytes;

  /// The revision of the key's last change.
  final int revision;

  /// When the key expires, in milliseconds since 1970; null if it does not.
  final int? expiresAtMs;

  /// A value.
  const EngineValue(this.bytes, {required this.revision, this.expiresAtMs});

  /// When the key expires; null if it does not.
  DateTime? get expiresAt => momentOf(expiresAtMs);
}

/// What is known of a key without reading its value.
final class KeyInfo {
  /// The length of the value, in bytes.
  final int size;

  /// The revision of the key's last change.
  final int revision;

  /// When the key expires, in milliseconds since 1970; null if it does not.
  final int? expiresAtMs;

  /// What is known of a key.
  const KeyInfo({required this.size, required this.revision, this.expiresAtMs});

  /// When the key expires; null if it does not.
  DateTime? get expiresAt => momentOf(expiresAtMs);
}

/// A key and its value, of a scan.
final class ScanEntry {
  /// The key.
  final Uint8List key;

  /// The value.
  final Uint8List value;

  /// The revision of the key's last change.
  final int revision;

  /// When the key expires, in milliseconds since 1970; null if it does not.
  final int? expiresAtMs;

  /// A key and its value.
  const ScanEntry(this.key, this.value, {required this.revision, this.expiresAtMs});

  /// When the key expires; null if it does not.
  DateTime? get expiresAt => momentOf(expiresAtMs);
}

/// A key and what is known of it without reading its value, of a scan of keys.
final class ScanKey {
  /// The key.
  final Uint8List key;

  /// The length of the value, in bytes.
  final int size;

  /// The revision of the key's last change.
  final int revision;

  /// When the key expires, in milliseconds since 1970; null if it does not.
  final int? expiresAtMs;

  /// A key and what is known of it.
  const ScanKey(this.key, {required this.size, required this.revision, this.expiresAtMs});

  /// When the key expires; null if it does not.
  DateTime? get expiresAt => momentOf(expiresAtMs);
}

/// A change, of a watch.
final class WatchEvent {
  /// The revision that it made.
  final int revision;

  /// What happened.
  final native.WatchEventKind kind;

  /// The key; of a rename the prefix.
  final Uint8List key;

  /// Of a rename the other prefix, else null.
  final Uint8List? to;

  /// A change.
  const WatchEvent(this.kind, this.key, {required this.revision, this.to});

  @override
  String toString() => 'WatchEvent(${kind.name}, revision $revision)';
}

/// The value in Dart's form.
EngineValue? valueOf(native.ValueRecord? value) => value == null
    ? null
    : EngineValue(value.bytes, revision: value.revision, expiresAtMs: value.expiresAtMs);

/// What is known of a key, in Dart's form.
KeyInfo? keyInfoOf(native.KeyRecord? info) => info == null
    ? null
    : KeyInfo(size: info.size, revision: info.revision, expiresAtMs: info.expiresAtMs);

/// The key and its value in Dart's form.
ScanEntry scanEntryOf(native.EntryRecord entry) => ScanEntry(
  entry.key,
  entry.value.bytes,
  revision: entry.value.revision,
  expiresAtMs: entry.value.expiresAtMs,
);

/// The key in Dart's form.
ScanKey scanKeyOf(native.EntryHead entry) => ScanKey(
  entry.key,
  size: entry.info.size,
  revision: entry.info.revision,
  expiresAtMs: entry.info.expiresAtMs,
);

/// The change in Dart's form.
WatchEvent watchEventOf(native.ChangeRecord change) =>
    WatchEvent(change.kind, change.key, revision: change.revision, to: change.to);
