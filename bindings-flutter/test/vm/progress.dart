/// Progress comes in order and ends at the total.
library;

import 'package:sealwood/sealwood.dart';

import 'harness.dart';

const _size = 3000000;

void progress() {
  test('puts report in order to the total, before they return', () async {
    final vault = await newVault();
    await _reports(_size, (report) => vault.put('a', pattern(1, _size), onProgress: report));
    final pieces = [for (var i = 0; i < 30; i++) pattern(i, _size ~/ 30)];
    await _reports(
      _size,
      (report) =>
          vault.putStream('b', Stream.fromIterable(pieces), sizeHint: _size, onProgress: report),
    );
    final batch = vault.batch();
    await _reports(_size, (report) => batch.put('c', pattern(3, _size), onProgress: report));
  });

  test('reads report in order to the total', () async {
    final vault = await newVault();
    await vault.put('a', pattern(1, _size));
    final snapshot = await vault.snapshot();
    await _reports(_size, (report) => vault.get('a', onProgress: report));
    await _reports(1000000, (report) => vault.getRange('a', 5, 1000005, onProgress: report));
    await _reports(_size, (report) => vault.getStream('a', onProgress: report).drain<void>());
    await _reports(_size, (report) => snapshot.get('a', onProgress: report));
  });

  test('commits and flushes report the bytes of their packs', () async {
    final vault = await newVault();
    final batch = vault.batch();
    for (var i = 0; i < 30; i++) {
      await batch.put('d/$i', pattern(i, 20000));
    }
    await _reports(null, (report) => batch.commit(onProgress: report));
    await vault.put('e', pattern(1, 20000), deferred: true);
    await _reports(null, (report) => vault.flush(onProgress: report));
  });
}

Future<void> _reports(int? total, Future<Object?> Function(OnProgress) call) async {
  final reports = <Progress>[];
  await call(reports.add);
  check(reports.isNotEmpty, 'no report came');
  for (var i = 1; i < reports.length; i++) {
    check(reports[i - 1].done <= reports[i].done, 'it fell: $reports');
  }
  expect(reports.last.done, reports.last.total);
  if (total != null) expect(reports.last.total, total);
}
