/// Progress comes in order and ends at the total.
library;

import 'harness.dart';
import 'reports.dart';

const _size = 3000000;

void progress() {
  test('puts report in order to the total, before they return', () async {
    final vault = await newVault();
    await reportsOf(_size, (report) => vault.put('a', pattern(1, _size), onProgress: report));
    final pieces = [for (var i = 0; i < 30; i++) pattern(i, _size ~/ 30)];
    await reportsOf(
      _size,
      (report) =>
          vault.putStream('b', Stream.fromIterable(pieces), sizeHint: _size, onProgress: report),
    );
    final batch = vault.batch();
    await reportsOf(_size, (report) => batch.put('c', pattern(3, _size), onProgress: report));
  });

  test('reads report in order to the total', () async {
    final vault = await newVault();
    await vault.put('a', pattern(1, _size));
    final snapshot = await vault.snapshot();
    await reportsOf(_size, (report) => vault.get('a', onProgress: report));
    await reportsOf(1000000, (report) => vault.getRange('a', 5, 1000005, onProgress: report));
    await reportsOf(_size, (report) => vault.getStream('a', onProgress: report).drain<void>());
    await reportsOf(_size, (report) => snapshot.get('a', onProgress: report));
  });

  test('commits and flushes report the bytes of their packs', () async {
    final vault = await newVault();
    final batch = vault.batch();
    for (var i = 0; i < 30; i++) {
      await batch.put('d/$i', pattern(i, 20000));
    }
    await reportsOf(null, (report) => batch.commit(onProgress: report));
    await vault.put('e', pattern(1, 20000), deferred: true);
    await reportsOf(null, (report) => vault.flush(onProgress: report));
  });
}
