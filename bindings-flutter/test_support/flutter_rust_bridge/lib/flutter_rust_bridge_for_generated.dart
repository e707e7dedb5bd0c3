/// What generated code uses.
library;

export 'dart:async' show FutureOr;
export 'dart:typed_data' show Uint8List;

export 'flutter_rust_bridge.dart';
export 'src/annotations.dart';
export 'src/codec.dart';
export 'src/entrypoint.dart';
export 'src/opaque.dart' hide DroppableDisposedException;
export 'src/port.dart' show decodeDartOpaque, encodeDartOpaque;
export 'src/task.dart';
