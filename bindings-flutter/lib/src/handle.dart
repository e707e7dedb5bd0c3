/// What all handles have in common.
library;

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart'
    show RustOpaqueInterface;

import 'error.dart';

/// Something that lives in the native library. It is released by [dispose], or else when the garbage
/// collector finds it unreachable.
abstract base class Handle<N extends RustOpaqueInterface> {
  N? _native;

  /// A handle of [native].
  Handle(N native) : _native = native;

  /// The native half. Not for apps. A [SealwoodException] with the code `closed` once it is disposed.
  N get inner => _native ?? (throw const SealwoodException.closed());

  /// Whether [dispose] was called.
  bool get isDisposed => _native == null;

  /// Releases the handle. Calls that are under way go on; calls made from now on fail with the code
  /// `closed`. Does nothing the second time.
  void dispose() {
    _native?.dispose();
    _native = null;
  }
}
