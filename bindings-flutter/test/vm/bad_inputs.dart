/// What is wrong gives a typed error, and nothing else happens.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../scenario/host.dart';
import 'harness.dart';

void badInputs() {
  test('arguments out of their bounds are refused', () async {
    final vault = await newVault();
    final store = BlobStore.memory();
    final bytes = pattern(1, 10);
    await vault.put('x', bytes);
    Future<void> refused(FutureOr<Object?> Function() call) =>
        expectError('invalid-argument', call);
    await refused(() => vault.getRange('x', -1, 5));
    await refused(() => vault.getRange('x', 5, 1));
    await refused(() => vault.getStream('x', start: 3).toList());
    await refused(() => vault.list('', limit: -1));
    await refused(() => vault.list('', limit: 0));
    await refused(() => vault.list('', limit: 10001));
    await refused(() => vault.put('y', bytes, modifiedMs: 8640000000000001));
    await refused(() => vault.put('y', bytes, modifiedMs: -8640000000000001));
    await refused(() => vault.setMetadata('x', modifiedMs: 1 << 62));
    await refused(() => vault.putStream('y', Stream.value(bytes), sizeHint: -1));
    await refused(() => store.getRange('k', 0, 0));
    await refused(() => store.getRange('k', -1, 1));
    await refused(() => store.list('', limit: 1001));
    await refused(() => store.put('NOT A KEY', bytes));
    await refused(() => Sealwood.phraseOfSecret(Uint8List(5)));
    await refused(() => SharedDirectory.open(store, Uint8List(3)));
    await refused(() => Vault.create(store, Credential.secret(Uint8List(31))));
    await refused(() => Vault.create(store, const Credential.passphrase('')));
    for (final chunkBytes in [1, -131072, 0x100020000]) {
      final config = VaultConfig(chunkBytes: chunkBytes);
      await refused(() => Vault.create(store, secret, config: config));
    }
    await expectError('invalid-phrase', () => Sealwood.secretOfPhrase('not twenty four words'));
    await expectError('range-past-end', () => vault.getRange('x', 0, 11));
    expect(await vault.get('x'), bytes);
  });

  test('paths that break a rule are refused', () async {
    final vault = await newVault();
    for (final path in ['a//b', '.', 'a/..', 'a\u0000b', 'n' * 256]) {
      try {
        await vault.put(path, Uint8List(1));
      } on SealwoodException catch (error) {
        check(error.code.isNotEmpty, 'no code');
        continue;
      }
      throw Unexpected('the path $path was taken');
    }
    await expectError('not-found', () => vault.stat('nothing/here'));
  });

  test('more bytes than can be handed over are refused before they are touched', () async {
    final vault = await newVault();
    final huge = Uint8List(0x7fffffff);
    await expectError('invalid-argument', () => vault.put('x', huge));
    await expectError('invalid-argument', () => vault.batch().put('x', huge));
    await expectError('invalid-argument', () => BlobStore.memory().put('x', huge));
    await expectError('source-failed', () => vault.putStream('x', Stream.value(huge)));
  });

  test('a value of another type is an error of Dart, and the vault goes on', () async {
    final vault = await newVault();
    for (final call in <Future<Object?> Function()>[
      () => (vault as dynamic).put(5, Uint8List(1)) as Future<Object?>,
      () => (vault as dynamic).put('x', 'text') as Future<Object?>,
      () => (vault as dynamic).get(null) as Future<Object?>,
    ]) {
      try {
        await call();
      } on TypeError {
        continue;
      }
      throw const Unexpected('the type was taken');
    }
    await vault.put('x', Uint8List(1));
  });

  test('disposed handles are closed', () async {
    final store = BlobStore.memory();
    final vault = await newVault(store);
    await vault.put('x', pattern(1, 200000));
    final batch = vault.batch()..dispose();
    final snapshot = await vault.snapshot()
      ..dispose();
    vault.dispose();
    store.dispose();
    await expectError('closed', () => store.get('x'));
    await expectError('closed', () => store.needsFlush);
    await expectError('closed', () => Vault.open(store, secret));
    await expectError('closed', () => checkStore(store, 'x'));
    await expectError('closed', () => vault.put('x', Uint8List(1)));
    await expectError('closed', () => vault.getStream('x').toList());
    await expectError('closed', () => vault.putStream('x', Stream.value(Uint8List(1))));
    await expectError('closed', () => vault.entries('').toList());
    await expectError('closed', vault.stats);
    await expectError('closed', vault.batch);
    await expectError('closed', () => batch.length);
    await expectError('closed', () => batch.commit());
    await expectError('closed', () => snapshot.stat('x'));
  });

  test('a handle that is disposed under a call lets the call end', () async {
    final host = CountingStore();
    final vault = await newVault(BlobStore.custom(host));
    final put = vault.put('x', pattern(1, 300000));
    vault.dispose();
    expect((await put).size, 300000);
  });

  test('what a store throws becomes the typed error', () async {
    final cases = <(Object, String)>[
      (const SealwoodException('store-full', 'full'), 'store-full'),
      (const SealwoodException('store-denied', 'denied'), 'store-denied'),
      (const SealwoodException('wrong-key', 'no code of a store'), 'store-failed'),
      (StateError('an error'), 'store-failed'),
      (const FormatException('an exception'), 'store-failed'),
      ('a text', 'store-failed'),
    ];
    for (final (error, code) in cases) {
      final store = BlobStore.custom(_Answers(() => error));
      await expectError(code, () => store.get('k'));
      await expectError(code, () => store.put('k', Uint8List(1)));
      await expectError(code, () => store.list(''));
      await expectError(code, () => Vault.open(store, secret));
    }
  });

  test('what a store answers wrongly becomes the typed error', () async {
    final wrong = BlobStore.custom(_Nonsense());
    await expectError('store-failed', () => wrong.get('k'));
    await expectError('store-failed', () => wrong.getRange('k', 0, 3));
    await expectError('store-failed', () => wrong.put('k', Uint8List(1)));
    await expectError('store-failed', () => wrong.list('k'));
    await expectError('store-failed', () => wrong.head('k'));
  });

  test('a source that throws ends the put, and nothing is put', () async {
    final vault = await newVault();
    Stream<List<int>> failing(Object error) async* {
      yield pattern(1, 200000);
      Error.throwWithStackTrace(error, StackTrace.current);
    }

    await expectError('source-failed', () => vault.putStream('x', failing(StateError('no'))));
    const cancelled = SealwoodException('cancelled', 'the user went away');
    await expectError('cancelled', () => vault.putStream('x', failing(cancelled)));
    final batch = vault.batch();
    await expectError('source-failed', () => batch.putStream('x', failing(StateError('no'))));
    expect(await vault.exists('x'), false);
    expect(batch.length, 0);
  });

  test('what a progress callback throws ends the call and is thrown by it', () async {
    final vault = await newVault();
    await vault.put('x', pattern(1, 3000000));
    Never mine(Progress _) => throw const FormatException('mine');
    for (final call in <Future<Object?> Function()>[
      () => vault.put('y', pattern(1, 3000000), onProgress: mine),
      () => vault.get('x', onProgress: mine),
      () => vault.getStream('x', onProgress: mine).toList(),
      () => vault.putStream('y', Stream.value(pattern(1, 3000000)), onProgress: mine),
    ]) {
      try {
        await call();
      } on FormatException {
        continue;
      }
      throw const Unexpected('nothing was thrown');
    }
    expect((await vault.get('x')).length, 3000000);
  });
}

/// Throws what it is told to.
final class _Answers extends HostStore {
  final Object Function() _error;

  const _Answers(this._error);

  Never _fail() => Error.throwWithStackTrace(_error(), StackTrace.current);

  @override
  Future<StoredObject> get(String key) async => _fail();

  // Not even a future.
  @override
  Future<Uint8List> getRange(String key, int offset, int length) => _fail();

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) => _fail();

  @override
  Future<void> delete(String key) async => _fail();

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) => _fail();

  @override
  Future<ObjectMeta?> head(String key) async => _fail();
}

/// Answers what cannot be.
final class _Nonsense extends HostStore {
  @override
  Future<StoredObject> get(String key) async => StoredObject(Uint8List(1), '');

  @override
  Future<Uint8List> getRange(String key, int offset, int length) async => Uint8List(length + 1);

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) async => 'x' * 2000;

  @override
  Future<void> delete(String key) async {}

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) async =>
      const ObjectPage([ObjectMeta('k2', 1), ObjectMeta('k1', 1)], null);

  @override
  Future<ObjectMeta?> head(String key) async => ObjectMeta(key, -5);
}
