/// Calls.
library;

import 'dart:async';
import 'dart:ffi';
import 'dart:isolate';
import 'dart:typed_data';

import 'codec.dart';
import 'native.dart';

/// What a call is named.
class TaskConstMeta {
  /// The function.
  final String debugName;

  /// Its arguments.
  final List<String> argNames;

  /// A name.
  const TaskConstMeta({required this.debugName, required this.argNames});
}

/// A value that may be null or void.
class Box<T> {
  /// The value.
  final T value;

  /// A box of it.
  const Box(this.value);
}

/// A call that answers later.
class NormalTask<S, E extends Object> {
  /// Makes the call, to be answered to a port.
  final void Function(int port) callFfi;

  /// Reads the answer.
  final SseCodec<S, E> codec;

  /// A call.
  const NormalTask({
    required this.callFfi,
    required this.codec,
    required TaskConstMeta constMeta,
    required List<dynamic> argValues,
    required Object apiImpl,
  });
}

/// A call that answers at once.
class SyncTask<S, E extends Object> {
  /// Makes the call.
  final WireSyncRust2DartSse Function() callFfi;

  /// Reads the answer.
  final SseCodec<S, E> codec;

  final GeneralizedFrbRustBinding _binding;

  /// A call.
  SyncTask({
    required this.callFfi,
    required this.codec,
    required TaskConstMeta constMeta,
    required List<dynamic> argValues,
    required BaseApiImpl<Object?> apiImpl,
  }) : _binding = apiImpl.generalizedFrbRustBinding;
}

/// What generated classes of calls have.
abstract class BaseApiImpl<W> {
  /// Makes calls.
  final BaseHandler handler;

  /// The symbols of generated code.
  final W wire;

  /// The symbols of the crate.
  final GeneralizedFrbRustBinding generalizedFrbRustBinding;

  /// The port for closures.
  final dynamic portManager;

  /// Calls by way of [handler].
  BaseApiImpl({
    required this.handler,
    required this.wire,
    required this.generalizedFrbRustBinding,
    required this.portManager,
  });
}

/// Makes calls.
class BaseHandler {
  /// Makes a call that answers later.
  Future<S> executeNormal<S, E extends Object>(NormalTask<S, E> task) {
    final answered = Completer<Uint8List>();
    final port = RawReceivePort();
    port.handler = (dynamic message) {
      port.close();
      answered.complete(message as Uint8List);
    };
    try {
      task.callFfi(port.sendPort.nativePort);
    } catch (_) {
      port.close();
      rethrow;
    }
    return answered.future.then(task.codec.decode);
  }

  /// Makes a call that answers at once.
  S executeSync<S, E extends Object>(SyncTask<S, E> task) {
    final answer = task.callFfi();
    try {
      return task.codec.decode(Uint8List.fromList(answer.ptr.asTypedList(answer.len)));
    } finally {
      task._binding.freeSync(answer);
    }
  }
}

/// Calls function [funcId], which answers to [port] or at once.
WireSyncRust2DartSse? pdeCallFfi(
  GeneralizedFrbRustBinding binding,
  SseSerializer serializer, {
  required int funcId,
  int? port,
}) {
  final raw = serializer.intoRaw();
  if (port == null) return binding.callSync(funcId, raw.ptr, raw.rustVecLen, raw.dataLen);
  binding.callPrimary(funcId, port, raw.ptr, raw.rustVecLen, raw.dataLen);
  return null;
}

/// Pointers as numbers.
abstract final class PlatformPointerUtil {
  /// The address of [pointer].
  static int ptrToPlatformInt64(Pointer<Void> pointer) => pointer.address;
}
