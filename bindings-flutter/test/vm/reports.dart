/// What a call tells of how far it is.
library;

import 'package:sealwood/sealwood.dart';

import 'harness.dart';

/// The reports of [call], which come in order and end at the total: at [total], if that is known.
Future<List<Progress>> reportsOf(int? total, Future<Object?> Function(OnProgress) call) async {
  final reports = <Progress>[];
  await call(reports.add);
  check(reports.isNotEmpty, 'no report came');
  for (var i = 1; i < reports.length; i++) {
    check(reports[i - 1].done <= reports[i].done, 'it fell: $reports');
  }
  expect(reports.last.done, reports.last.total);
  if (total != null) expect(reports.last.total, total);
  return reports;
}
