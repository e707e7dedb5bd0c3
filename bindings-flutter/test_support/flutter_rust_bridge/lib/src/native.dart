/// The functions that the Rust crate exports.
library;

import 'dart:ffi';

/// A buffer that Rust returned.
final class WireSyncRust2DartSse extends Struct {
  /// Its first byte.
  external Pointer<Uint8> ptr;

  /// How many there are.
  @Int32()
  external int len;
}

/// The exported functions of one library.
class GeneralizedFrbRustBinding {
  final DynamicLibrary _library;

  /// Those of [_library].
  GeneralizedFrbRustBinding(this._library);

  /// The number that both halves of generated code have in common.
  late final int Function() contentHash = _library.lookupFunction<Int32 Function(), int Function()>(
    'frb_get_rust_content_hash',
  );

  /// Gives Rust the functions of the VM.
  void initialize() {
    _library.lookupFunction<IntPtr Function(Pointer<Void>), int Function(Pointer<Void>)>(
      'frb_init_frb_dart_api_dl',
    )(NativeApi.initializeApiDLData);
    _library.lookupFunction<Void Function(Pointer<Void>), void Function(Pointer<Void>)>(
      'store_dart_post_cobject',
    )(NativeApi.postCObject.cast());
  }

  /// What Rust wants to be told when the isolate goes.
  Pointer<NativeFunction<Void Function(Pointer<Void>)>> shutdownCallback() =>
      _library.lookupFunction<
        Pointer<NativeFunction<Void Function(Pointer<Void>)>> Function(),
        Pointer<NativeFunction<Void Function(Pointer<Void>)>> Function()
      >('frb_create_shutdown_callback')();

  /// Starts a call that answers to a port.
  late final void Function(int, int, Pointer<Uint8>, int, int) callPrimary = _library
      .lookupFunction<
        Void Function(Int32, Int64, Pointer<Uint8>, Int32, Int32),
        void Function(int, int, Pointer<Uint8>, int, int)
      >('frb_pde_ffi_dispatcher_primary');

  /// Makes a call that answers at once.
  late final WireSyncRust2DartSse Function(int, Pointer<Uint8>, int, int) callSync = _library
      .lookupFunction<
        WireSyncRust2DartSse Function(Int32, Pointer<Uint8>, Int32, Int32),
        WireSyncRust2DartSse Function(int, Pointer<Uint8>, int, int)
      >('frb_pde_ffi_dispatcher_sync');

  /// Releases what a call at once answered.
  late final void Function(WireSyncRust2DartSse) freeSync = _library
      .lookupFunction<Void Function(WireSyncRust2DartSse), void Function(WireSyncRust2DartSse)>(
        'frb_free_wire_sync_rust2dart_sse',
      );

  late final void Function(int, Pointer<Uint8>, int, int) _deliver = _library
      .lookupFunction<
        Void Function(Int32, Pointer<Uint8>, Int32, Int32),
        void Function(int, Pointer<Uint8>, int, int)
      >('frb_dart_fn_deliver_output');

  /// Answers a call of a closure.
  void dartFnDeliverOutput({
    required int callId,
    required Pointer<Uint8> ptr,
    required int rustVecLen,
    required int dataLen,
  }) => _deliver(callId, ptr, rustVecLen, dataLen);

  /// A buffer of Rust's.
  late final Pointer<Uint8> Function(int) vecNew = _library
      .lookupFunction<Pointer<Uint8> Function(Int32), Pointer<Uint8> Function(int)>(
        'frb_rust_vec_u8_new',
      );

  /// The same with another length.
  late final Pointer<Uint8> Function(Pointer<Uint8>, int, int) vecResize = _library
      .lookupFunction<
        Pointer<Uint8> Function(Pointer<Uint8>, Int32, Int32),
        Pointer<Uint8> Function(Pointer<Uint8>, int, int)
      >('frb_rust_vec_u8_resize');

  /// Keeps an object alive for Rust, which drops it by way of a port.
  late final Pointer<Void> Function(Object, int) encodeOpaque = _library
      .lookupFunction<Pointer<Void> Function(Handle, Int64), Pointer<Void> Function(Object, int)>(
        'frb_dart_opaque_dart2rust_encode',
      );

  /// The object behind a pointer, which is used up.
  late final Object Function(int) decodeOpaque = _library
      .lookupFunction<Handle Function(UintPtr), Object Function(int)>(
        'frb_dart_opaque_rust2dart_decode',
      );

  /// Drops an object that Rust could not drop on its own thread.
  late final void Function(int) dropOpaque = _library
      .lookupFunction<Void Function(UintPtr), void Function(int)>(
        'frb_dart_opaque_drop_thread_box_persistent_handle',
      );
}
