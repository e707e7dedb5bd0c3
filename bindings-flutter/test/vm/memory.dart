/// Handles and traffic leave nothing behind.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../scenario/host.dart';
import 'harness.dart';
import 'resident.dart';

void memory() {
  test('10,000 handles leave nothing behind', () async {
    final vault = await newVault();
    await vault.put('x', pattern(1, 1000));
    Future<void> handles(int count) async {
      for (var i = 0; i < count; i++) {
        // What stayed of it would be seen.
        final store = BlobStore.memory();
        await store.put('x', Uint8List(64 * 1024));
        final batch = vault.batch()..mkdir('d');
        final snapshot = await vault.snapshot();
        store.dispose();
        batch.dispose();
        snapshot.dispose();
      }
    }

    await handles(300);
    final before = resident();
    // Three handles each.
    await handles(3400);
    hasNotGrown(before, 'after disposing');
  });

  test('1 GiB of traffic leaves nothing behind', () async {
    final bytes = pattern(1, 16 * mebibyte);
    Future<void> round(int seed) async {
      final store = seed.isEven ? BlobStore.memory() : BlobStore.custom(CountingStore());
      final vault = await Vault.create(store, secret);
      bytes[0] = seed;
      await vault.put('x', bytes);
      expect((await vault.get('x')).length, bytes.length);
      await vault.remove('x');
      vault.dispose();
      store.dispose();
    }

    for (var i = 0; i < 6; i++) {
      await round(i);
    }
    final before = resident();
    // 16 MiB in and 16 MiB out, 32 times.
    for (var i = 0; i < 32; i++) {
      await round(i);
    }
    hasNotGrown(before, 'after the traffic');
  });

  test('calls given up in a store that never answers leave little behind', () async {
    final host = CountingStore();
    final store = BlobStore.custom(host);
    final bytes = Uint8List(mebibyte);
    Future<void> giveUp() async {
      host.arm(1, null, How.hang, null);
      final token = CancelToken();
      final put = store.put('k', bytes, cancel: token);
      await host.armedCall;
      token.cancel();
      await expectError('cancelled', () => put);
    }

    await giveUp();
    final before = resident();
    for (var i = 0; i < 1000; i++) {
      await giveUp();
    }
    hasNotGrown(before, 'after giving up');
  });
}
