/// The one error, and how the native library's becomes it.
library;

import 'generated/api/error.dart' as native;

/// What went wrong. A store of the app's throws it too, to say which of the codes of a store it means.
final class SealwoodException implements Exception {
  /// The stable code, the same in every language: `not-found`, `wrong-key`, `cancelled` and so on.
  final String code;

  /// What happened, in English, without paths or secrets.
  final String message;

  /// The path it is about, where there is one.
  final String? path;

  /// An error with [code].
  const SealwoodException(this.code, this.message, {this.path});

  /// A handle was used after it was disposed.
  const SealwoodException.closed() : this('closed', 'closed');

  @override
  String toString() => 'SealwoodException($code): $message';
}

/// Runs [call], whose native errors become [SealwoodException]s.
Future<T> guard<T>(Future<T> Function() call) async {
  try {
    return await call();
  } catch (error, trace) {
    Error.throwWithStackTrace(_ours(error), trace);
  }
}

/// The same at once.
T guardSync<T>(T Function() call) {
  try {
    return call();
  } catch (error, trace) {
    Error.throwWithStackTrace(_ours(error), trace);
  }
}

/// The error in Dart's form.
SealwoodException exceptionOf(native.Failure failure) =>
    SealwoodException(failure.code, failure.message, path: failure.path);

Object _ours(Object error) => error is native.Failure ? exceptionOf(error) : error;
