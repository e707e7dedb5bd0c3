/// The buffers: native byte order, no padding.
library;

import 'dart:ffi';
import 'dart:typed_data';

import 'error.dart';
import 'native.dart';

/// A number of 64 bits.
typedef PlatformInt64 = int;

/// A buffer handed to Rust.
typedef RawBuffer = ({Pointer<Uint8> ptr, int rustVecLen, int dataLen});

/// Writes into a buffer of Rust's, which takes it over.
class WriteBuffer {
  final GeneralizedFrbRustBinding _binding;
  Pointer<Uint8> _start;
  int _capacity;
  int _length = 0;

  WriteBuffer._(this._binding) : _capacity = 512, _start = _binding.vecNew(512);

  ByteData _room(int bytes) {
    final needed = _length + bytes;
    if (needed > _capacity) {
      final capacity = needed > 2 * _capacity ? needed : 2 * _capacity;
      if (capacity > 0x7fffffff) throw RangeError('a message beyond 2 GiB');
      _start = _binding.vecResize(_start, _capacity, capacity);
      _capacity = capacity;
    }
    final room = (_start + _length).asTypedList(bytes);
    _length = needed;
    return ByteData.sublistView(room);
  }

  /// Writes a byte.
  void putUint8(int value) => _room(1).setUint8(0, value);

  /// Writes four bytes.
  void putInt32(int value) => _room(4).setInt32(0, value, Endian.host);

  /// Writes eight bytes.
  void putPlatformInt64(int value) => _room(8).setInt64(0, value, Endian.host);

  /// Writes eight bytes.
  void putBigUint64(BigInt value) => putPlatformInt64(value.toSigned(64).toInt());

  /// Writes bytes.
  void putUint8List(Uint8List bytes) {
    if (bytes.isEmpty) return;
    Uint8List.sublistView(_room(bytes.length)).setAll(0, bytes);
  }
}

/// What a call's arguments are written with.
class SseSerializer {
  /// The buffer.
  final WriteBuffer buffer;

  /// One with an empty buffer.
  SseSerializer(GeneralizedFrbRustBinding binding) : buffer = WriteBuffer._(binding);

  /// The buffer, which is Rust's from now on.
  RawBuffer intoRaw() =>
      (ptr: buffer._start, rustVecLen: buffer._capacity, dataLen: buffer._length);
}

/// Reads from a buffer.
class ReadBuffer {
  final Uint8List _bytes;
  final ByteData _view;
  int _at = 0;

  ReadBuffer._(this._bytes) : _view = ByteData.sublistView(_bytes);

  int _take(int bytes) {
    final at = _at;
    _at += bytes;
    return at;
  }

  /// Reads a byte.
  int getUint8() => _view.getUint8(_take(1));

  /// Reads four bytes.
  int getInt32() => _view.getInt32(_take(4), Endian.host);

  /// Reads eight bytes.
  int getPlatformInt64() => _view.getInt64(_take(8), Endian.host);

  /// Reads eight bytes.
  BigInt getBigUint64() => BigInt.from(getPlatformInt64()).toUnsigned(64);

  /// Reads bytes.
  Uint8List getUint8List(int length) {
    final at = _take(length);
    return Uint8List.fromList(Uint8List.sublistView(_bytes, at, at + length));
  }
}

/// What a call's answer is read with.
class SseDeserializer {
  /// The buffer.
  final ReadBuffer buffer;

  /// One that reads [bytes].
  SseDeserializer(Uint8List bytes) : buffer = ReadBuffer._(bytes);
}

/// How the answer of one call is read.
class SseCodec<S, E extends Object> {
  /// Reads what a call returns.
  final S Function(SseDeserializer) decodeSuccessData;

  /// Reads what a call fails with, if it can fail.
  final E Function(SseDeserializer)? decodeErrorData;

  /// A codec.
  const SseCodec({required this.decodeSuccessData, required this.decodeErrorData});

  /// What [message] says.
  S decode(Uint8List message) {
    final deserializer = SseDeserializer(message);
    final decodeError = decodeErrorData;
    switch (deserializer.buffer.getUint8()) {
      case 0:
        return decodeSuccessData(deserializer);
      case 1 when decodeError != null:
        Error.throwWithStackTrace(decodeError(deserializer), StackTrace.current);
      case 3:
        final length = deserializer.buffer.getInt32();
        throw PanicException(String.fromCharCodes(deserializer.buffer.getUint8List(length)));
      case final action:
        throw StateError('an answer of kind $action');
    }
  }
}

/// A number within 64 bits.
int sseEncodeCastedPrimitiveI64(int value) => value;

/// A number of the VM's own messages.
int dcoDecodeI64(dynamic raw) => raw as int;

/// A number of the VM's own messages.
BigInt dcoDecodeU64(dynamic raw) => BigInt.from(raw as int).toUnsigned(64);
