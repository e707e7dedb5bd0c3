/// The port on which Rust calls closures and drops them.
library;

import 'dart:ffi';
import 'dart:isolate';

import 'native.dart';

/// The port of one isolate.
class PortManager {
  final GeneralizedFrbRustBinding _binding;
  late final RawReceivePort _port;

  /// Opens the port. It does not keep the isolate alive.
  PortManager(this._binding) {
    _port = RawReceivePort(_handle, 'flutter_rust_bridge')..keepIsolateAlive = false;
  }

  /// Its number.
  int get dartHandlerPort => _port.sendPort.nativePort;

  void _handle(dynamic message) {
    switch (message) {
      case [0, final int pointer]:
        _binding.dropOpaque(pointer);
      case [1, final int pointer, final int callId, ...final List<dynamic> arguments]:
        final closure = _binding.decodeOpaque(pointer) as Function;
        Function.apply(closure, [callId, ...arguments]);
      default:
        throw StateError('a message of an unknown kind');
    }
  }

  /// Closes the port.
  void close() => _port.close();
}

/// A pointer by which Rust keeps [object].
Pointer<Void> encodeDartOpaque(Object object, int port, GeneralizedFrbRustBinding binding) =>
    binding.encodeOpaque(object, port);

/// The object that Rust kept.
Object decodeDartOpaque(int pointer, GeneralizedFrbRustBinding binding) =>
    binding.decodeOpaque(pointer);
