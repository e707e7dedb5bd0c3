/// What generated code uses where there is `dart:ffi`.
library;

export 'flutter_rust_bridge_for_generated.dart';
