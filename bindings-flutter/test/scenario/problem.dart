/// What is wrong with a scenario, or what came instead of what it expects.
final class Problem implements Exception {
  /// What, for a person.
  final String what;

  /// A problem.
  const Problem(this.what);

  @override
  String toString() => what;
}
