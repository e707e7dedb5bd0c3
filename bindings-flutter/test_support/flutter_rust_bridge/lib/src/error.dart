/// What Rust's errors have in common.
abstract class FrbException implements Exception {}

/// Rust panicked.
class PanicException extends FrbException {
  /// What it said.
  final String message;

  /// A panic that said [message].
  PanicException(this.message);

  @override
  String toString() => 'PanicException($message)';
}

/// A closure threw.
class AnyhowException extends FrbException {
  /// What it threw.
  final String message;

  /// An error with [message].
  AnyhowException(this.message);

  @override
  String toString() => 'AnyhowException($message)';
}
