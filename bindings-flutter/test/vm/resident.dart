/// What the process takes in memory.
library;

import 'dart:ffi';
import 'dart:io';

import 'harness.dart';

/// Bytes in a MiB.
const int mebibyte = 1 << 20;

/// More than Dart leaves uncollected, and less than leaks would leave: of the handles 212 MiB or more, and of the
/// traffic 384 or more for each copy that stays.
const _growthMax = 160 * mebibyte;

/// Gives what is free back to the system: how much of that the allocator keeps depends on how many threads
/// have used it at once.
final _trim = DynamicLibrary.process().lookupFunction<Int32 Function(Size), int Function(int)>(
  'malloc_trim',
);

/// Bytes of the process in memory that are in use.
int resident() {
  _trim(0);
  return ProcessInfo.currentRss;
}

/// Fails if much more is in memory than [before].
void hasNotGrown(int before, String when) {
  final grown = resident() - before;
  check(grown < _growthMax, '${grown ~/ mebibyte} MiB more $when');
}
