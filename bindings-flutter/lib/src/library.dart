/// What needs no vault.
library;

import 'dart:async';
import 'dart:io' show Platform;
import 'dart:typed_data';

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart' show ExternalLibrary;

import 'error.dart';
import 'generated/api/call.dart' as native;
import 'generated/api/library.dart' as native;
import 'generated/frb_generated.dart' show SealwoodNative;

export 'generated/api/library.dart' show LogLevel;

/// The library as a whole.
abstract final class Sealwood {
  static Future<void>? _ready;

  /// Loads the native library: once in each isolate, before anything else. Further calls do nothing.
  ///
  /// In a Flutter app the library is part of the bundle. Elsewhere [libraryPath] says where it lies. Fails with
  /// the code `platform` if it cannot be loaded.
  static Future<void> init({String? libraryPath}) async {
    try {
      await (_ready ??= _load(libraryPath ?? _bundled));
    } catch (error) {
      _ready = null;
      throw SealwoodException('platform', 'the native library cannot be loaded: $error');
    }
  }

  static Future<void> _load(String path) async {
    await SealwoodNative.init(externalLibrary: ExternalLibrary.open(path));
    // Opens the port for callbacks here, and not in the zone of whoever needs it first: that of a widget test
    // ends with the test.
    native.Call().watched(onProgress: (_, _) {}).dispose();
  }

  /// The name under which the plugin's build bundles it.
  static String get _bundled {
    if (Platform.isWindows) return 'sealwood_dart.dll';
    // The framework has the name of the pod, which is that of the package.
    if (Platform.isIOS || Platform.isMacOS) return 'sealwood.framework/sealwood';
    return 'libsealwood_dart.so';
  }

  /// The version of the native library.
  static String get version => guardSync(native.version);

  /// A new secret: 32 random bytes, for `Credential.secret`.
  static Uint8List generateSecret() => guardSync(native.generateSecret);

  /// The 24 words of a secret of 32 bytes.
  static String phraseOfSecret(Uint8List secret) =>
      guardSync(() => native.phraseOfSecret(secret: secret));

  /// The 32 bytes behind 24 words.
  static Uint8List secretOfPhrase(String phrase) =>
      guardSync(() => native.secretOfPhrase(phrase: phrase));

  /// Passes log messages up to [level] to [callback] from now on, or to nobody if it is null. There is one
  /// callback a process. No message holds a path, a name, a key or a secret.
  static void setLogger(
    native.LogLevel level,
    void Function(native.LogLevel level, String message)? callback,
  ) {
    if (callback == null) return guardSync(native.clearLogger);
    final zone = Zone.current;
    guardSync(
      () => native.setLogger(
        level: level,
        hook: (level, message) => zone.runBinaryGuarded(callback, level, message),
      ),
    );
  }
}
