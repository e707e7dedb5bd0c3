/// Stores: ours, and those of the app.
library;

import 'dart:io';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../scenario/host.dart';
import 'harness.dart';

void stores() {
  test("an app's own store keeps every promise that ours keep", () async {
    final kept = await checkStore(BlobStore.memory(), 'check');
    check(kept > 10, 'only $kept promises');
    expect(await checkStore(BlobStore.custom(CountingStore()), 'check'), kept);
    final directory = Directory.systemTemp.createTempSync('sealwood');
    try {
      expect(await checkStore(await BlobStore.directory('${directory.path}/files'), 'check'), kept);
      final local = await BlobStore.local('${directory.path}/local');
      expect(await checkStore(local, 'check'), kept);
      await local.close();
    } finally {
      directory.deleteSync(recursive: true);
    }
  });

  test(
    'a store says of each object why it is left, and a store that answers with others is not believed',
    () async {
      final host = _Clinging();
      final store = BlobStore.custom(host);
      Future<List<(String, String)>> left(List<String> keys) async => [
        for (final NotDeleted(:key, :error) in await store.deleteMany(keys)) (key, error.code),
      ];
      host.left = [
        const NotDeleted('b', SealwoodException('store-denied', 'not this one')),
        NotDeleted.thrown('c', StateError('odd')),
      ];
      expect(await left(['a', 'b', 'c']), [('b', 'store-denied'), ('c', 'store-failed')]);
      expect(await left(['a', 'b']), [('a', 'store-failed'), ('b', 'store-failed')]);
      expect([for (final keys in host.asked) keys.length], [3, 2]);
      host.left = [];
      expect(await left([for (var at = 0; at < 1001; at++) '$at']), <Object?>[]);
      expect([for (final keys in host.asked) keys.length], [3, 2, 1000, 1]);
    },
  );

  test('what cannot be known of an object is refused', () async {
    for (final meta in [
      const ObjectMeta('a', -1),
      const ObjectMeta('a', 1, modifiedMs: -1),
      const ObjectMeta('a', 1, etag: ''),
    ]) {
      final store = BlobStore.custom(_Clinging()..page = ObjectPage([meta], null));
      await expectError('store-failed', () => store.list('a'));
      await expectError('store-failed', () => store.head('a'));
    }
  });

  test('a store that breaks a promise is told which', () async {
    final error = await expectError(
      'store-failed',
      () => checkStore(BlobStore.custom(_Careless()), 'check'),
    );
    check(error.message.length > 20, 'it says only ${error.message}');
  });

  test('objects are written under conditions and listed in pages', () async {
    for (final store in [BlobStore.memory(), BlobStore.custom(CountingStore())]) {
      final tag = await store.put('a/1', pattern(1, 9), precondition: const Precondition.absent());
      await expectError(
        'precondition-failed',
        () => store.put('a/1', pattern(2, 9), precondition: const Precondition.absent()),
      );
      await store.put('a/1', pattern(3, 9), precondition: Precondition.matches(tag));
      await expectError(
        'precondition-failed',
        () => store.put('a/1', pattern(4, 9), precondition: Precondition.matches(tag)),
      );
      expect((await store.get('a/1')).bytes, pattern(3, 9));
      expect(await store.getRange('a/1', 7, 5), pattern(3, 9).sublist(7));
      await store.put('a/2', pattern(1, 1));
      final page = await store.list('a/', limit: 1);
      expect(page.objects.single.key, 'a/1');
      final rest = await store.list('a/', startAfter: page.next);
      expect([for (final meta in rest.objects) (meta.key, meta.size)], [('a/2', 1)]);
      expect((await store.head('a/1'))?.size, 9);
      await store.delete('a/1');
      expect(await store.head('a/1'), null);
      await expectError('object-missing', () => store.get('a/1'));
      await store.flush();
      expect(store.needsFlush, false);
    }
  });

  test('a directory holds a vault between two processes', () async {
    final directory = Directory.systemTemp.createTempSync('sealwood');
    try {
      final vault = await newVault(await BlobStore.directory(directory.path));
      await vault.put('x', pattern(1, 400000));
      await vault.close();
      final again = await Vault.open(await BlobStore.directory(directory.path), secret);
      expect(await again.get('x'), pattern(1, 400000));
    } finally {
      directory.deleteSync(recursive: true);
    }
  });

  test("a local store is one opener's at a time", () async {
    final directory = Directory.systemTemp.createTempSync('sealwood');
    try {
      final store = await BlobStore.local(directory.path);
      await expectError('store-locked', () => BlobStore.local(directory.path));
      final first = await newVault(store);
      await first.put('a', pattern(1, 400000));
      final second = await Vault.open(store, secret);
      await second.put('b', pattern(2, 100));
      await first.close();
      await second.close();
      await store.close();
      await expectError('closed', () => store.head('root'));
      final again = await BlobStore.local(directory.path);
      final vault = await Vault.open(again, secret);
      expect(await vault.get('a'), pattern(1, 400000));
      expect(await vault.get('b'), pattern(2, 100));
      await vault.close();
      await again.close();
    } finally {
      directory.deleteSync(recursive: true);
    }
  });

  test('a store says by itself that it has something to flush', () async {
    final host = _Buffering();
    final store = BlobStore.custom(host);
    expect(store.needsFlush, false);
    await store.put('x', pattern(1, 1));
    expect(store.needsFlush, true);
    await store.flush();
    expect(store.needsFlush, false);
    expect(host.flushes, 1);
  });
}

/// Leaves what it is told to leave, and lists what it is told to list.
final class _Clinging extends _Over {
  List<NotDeleted> left = [];
  ObjectPage page = const ObjectPage([], null);
  final List<List<String>> asked = [];

  @override
  Future<List<NotDeleted>> deleteMany(List<String> keys) async {
    asked.add(keys);
    return left;
  }

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) async => page;
}

/// Forgets preconditions.
final class _Careless extends _Over {
  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) =>
      super.put(key, bytes, const Precondition.none());
}

/// Is durable only after a flush.
final class _Buffering extends _Over {
  int flushes = 0;
  bool _isDirty = false;

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) {
    _isDirty = true;
    return super.put(key, bytes, precondition);
  }

  @override
  Future<void> flush() async {
    flushes += 1;
    _isDirty = false;
  }

  @override
  bool get needsFlush => _isDirty;
}

/// A store over one that works.
base class _Over extends BareStore {
  _Over() : super(CountingStore());
}
