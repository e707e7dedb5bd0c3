/// Opening the library.
library;

import 'dart:ffi';

import 'native.dart';
import 'port.dart';
import 'task.dart';

/// A library that is loaded.
class ExternalLibrary {
  /// The library.
  final DynamicLibrary ffiDynamicLibrary;

  /// The library in the file [path].
  ExternalLibrary.open(String path, {String? debugInfo})
    : ffiDynamicLibrary = DynamicLibrary.open(path);

  /// What the process is linked with.
  ExternalLibrary.process({required bool iKnowHowToUseIt})
    : ffiDynamicLibrary = DynamicLibrary.process();
}

/// Where a library is by default.
class ExternalLibraryLoaderConfig {
  /// Its name.
  final String stem;

  /// The directory, where it is not packaged.
  final String? ioDirectory;

  /// A place.
  const ExternalLibraryLoaderConfig({
    required this.stem,
    required this.ioDirectory,
    required String? webPrefix,
    String? wasmBindgenName,
  });
}

/// The interface of generated calls.
abstract class BaseApi {}

/// The symbols of generated code.
abstract class BaseWire {}

/// Makes the object that makes calls.
typedef ApiImplConstructor<I, W> =
    I Function({
      required BaseHandler handler,
      required W wire,
      required GeneralizedFrbRustBinding generalizedFrbRustBinding,
      required PortManager portManager,
    });

/// Makes the object that has the symbols.
typedef WireConstructor<W> = W Function(ExternalLibrary);

/// One library and its state.
abstract class BaseEntrypoint<A extends BaseApi, I extends BaseApiImpl<W>, W extends BaseWire> {
  A? _api;
  PortManager? _ports;
  final Finalizable _lifetime = _Lifetime();
  NativeFinalizer? _shutdown;

  /// Makes the object that makes calls.
  ApiImplConstructor<I, W> get apiImplConstructor;

  /// Makes the object that has the symbols.
  WireConstructor<W> get wireConstructor;

  /// Where the library is by default.
  ExternalLibraryLoaderConfig get defaultExternalLibraryLoaderConfig;

  /// The version of the generator.
  String get codegenVersion;

  /// The number of the generated code.
  int get rustContentHash;

  /// Runs what Rust wants to be run first.
  Future<void> executeRustInitializers();

  /// The calls. [StateError] before [initImpl].
  A get api => _api ?? (throw StateError('the library is not initialised'));

  /// Opens the library.
  Future<void> initImpl({
    A? api,
    BaseHandler? handler,
    ExternalLibrary? externalLibrary,
    bool forceSameCodegenVersion = true,
  }) async {
    if (_api != null) throw StateError('the library is initialised already');
    final config = defaultExternalLibraryLoaderConfig;
    final library = externalLibrary ?? ExternalLibrary.open('lib${config.stem}.so');
    final binding = GeneralizedFrbRustBinding(library.ffiDynamicLibrary);
    if (binding.contentHash() != rustContentHash) {
      throw StateError('the library and the Dart code were not generated together');
    }
    binding.initialize();
    _shutdown = NativeFinalizer(binding.shutdownCallback())
      ..attach(_lifetime, nullptr, detach: _lifetime);
    final ports = _ports = PortManager(binding);
    _api =
        api ??
        apiImplConstructor(
              handler: handler ?? BaseHandler(),
              wire: wireConstructor(library),
              generalizedFrbRustBinding: binding,
              portManager: ports,
            )
            as A;
    await executeRustInitializers();
  }

  /// Takes [api] for the calls.
  void initMockImpl({required A api}) => _api = api;

  /// Ends the use of the library.
  void disposeImpl() {
    _ports?.close();
    _ports = null;
    _api = null;
    _shutdown?.detach(_lifetime);
    _shutdown = null;
  }
}

class _Lifetime implements Finalizable {}
