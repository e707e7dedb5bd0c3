/// Handles of Rust's values, counted on both sides.
library;

import 'dart:ffi';

/// Raises the count of a handle.
typedef RustArcIncrementStrongCountFnType = void Function(Pointer<Void>);

/// Lowers the count of a handle.
typedef RustArcDecrementStrongCountFnType = void Function(Pointer<Void>);

/// The same for a finalizer.
typedef CrossPlatformFinalizerArg = Pointer<NativeFunction<Void Function(Pointer<Void>)>>;

/// A disposed handle was used.
class DroppableDisposedException implements Exception {
  @override
  String toString() => 'DroppableDisposedException';
}

/// A handle.
abstract class RustOpaqueInterface {
  /// Releases the value.
  void dispose();

  /// Whether [dispose] was called.
  bool get isDisposed;
}

/// How the handles of one type are counted.
class RustArcStaticData {
  /// Raises the count.
  final RustArcIncrementStrongCountFnType rustArcIncrementStrongCount;

  /// Lowers the count.
  final RustArcDecrementStrongCountFnType rustArcDecrementStrongCount;

  final NativeFinalizer _finalizer;

  /// The functions of one type.
  RustArcStaticData({
    required this.rustArcIncrementStrongCount,
    required this.rustArcDecrementStrongCount,
    required CrossPlatformFinalizerArg rustArcDecrementStrongCountPtr,
  }) : _finalizer = NativeFinalizer(rustArcDecrementStrongCountPtr);
}

/// A handle of one of Rust's values.
abstract class RustOpaque implements RustOpaqueInterface, Finalizable {
  final RustArcStaticData _type;
  Pointer<Void>? _pointer;

  /// The handle in [wire]: its address and the size of its value.
  RustOpaque.frbInternalDcoDecode(List<dynamic> wire, RustArcStaticData type)
    : this._(wire[0] as int, wire[1] as int, type);

  /// The handle at [ptr].
  RustOpaque.frbInternalSseDecode(BigInt ptr, int externalSize, RustArcStaticData type)
    : this._(ptr.toSigned(64).toInt(), externalSize, type);

  RustOpaque._(int address, int externalSize, this._type)
    : _pointer = Pointer.fromAddress(address) {
    _type._finalizer.attach(this, _pointer!, detach: this, externalSize: externalSize);
  }

  @override
  bool get isDisposed => _pointer == null;

  @override
  void dispose() {
    final pointer = _take();
    if (pointer != null) _type.rustArcDecrementStrongCount(pointer);
  }

  Pointer<Void>? _take() {
    final pointer = _pointer;
    _pointer = null;
    _type._finalizer.detach(this);
    return pointer;
  }

  /// The handle for a call: one more of it, or this one.
  BigInt frbInternalSseEncode({required bool? move}) {
    final moves = move ?? false;
    final pointer = moves ? _take() : _pointer;
    if (pointer == null) throw DroppableDisposedException();
    if (!moves) _type.rustArcIncrementStrongCount(pointer);
    return BigInt.from(pointer.address).toUnsigned(64);
  }
}
