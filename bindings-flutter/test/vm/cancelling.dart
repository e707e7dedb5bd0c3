/// Cancelling ends the core's requests and leaves the vault whole.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../scenario/host.dart';
import 'harness.dart';

void cancelling() {
  test('a put whose store never answers is cancelled, and the vault is whole', () async {
    final host = CountingStore();
    final store = BlobStore.custom(host);
    final vault = await newVault(store);
    await vault.put('old', pattern(1, 1000));
    final token = CancelToken();
    host.arm(2, 'put', How.hang, null);
    final put = vault.put('new', pattern(2, 2000000), cancel: token);
    await host.armedCall;
    token.cancel();
    await expectError('cancelled', () => put);
    await _isStill(host);
    expect(await vault.exists('new'), false);
    final again = await Vault.open(store, secret);
    expect(await again.get('old'), pattern(1, 1000));
    await again.put('new', pattern(3, 200000));
    expect(await again.get('new'), pattern(3, 200000));
  });

  test('a read whose store never answers is cancelled', () async {
    final host = CountingStore();
    final vault = await newVault(BlobStore.custom(host));
    await vault.put('x', pattern(1, 600000));
    for (final read in <Future<Object?> Function(CancelToken)>[
      (token) => vault.get('x', cancel: token),
      (token) => vault.getRange('x', 0, 500000, cancel: token),
      (token) => vault.getStream('x', cancel: token).toList(),
    ]) {
      final token = CancelToken();
      host.arm(1, null, How.hang, null);
      final reading = read(token);
      await host.armedCall;
      token.cancel();
      await expectError('cancelled', () => reading);
      await _isStill(host);
    }
    expect(await vault.get('x'), pattern(1, 600000));
  });

  test('opening is cancelled', () async {
    final host = CountingStore();
    final store = BlobStore.custom(host);
    await newVault(store);
    final token = CancelToken();
    host.arm(1, null, How.hang, null);
    final opening = Vault.open(store, secret, cancel: token);
    await host.armedCall;
    token.cancel();
    await expectError('cancelled', () => opening);
  });

  test('a cancelled token refuses from the start, without a request', () async {
    final host = CountingStore();
    final vault = await newVault(BlobStore.custom(host));
    await vault.put('x', pattern(1, 300000));
    final calls = host.calls;
    final token = CancelToken()..cancel();
    check(token.isCancelled, 'it is not cancelled');
    await expectError('cancelled', () => vault.put('y', pattern(1, 300000), cancel: token));
    await expectError('cancelled', () => vault.get('x', cancel: token));
    await expectError('cancelled', () => vault.getStream('x', cancel: token).toList());
    await expectError('cancelled', () => vault.mkdir('d', cancel: token));
    expect(host.calls, calls);
  });

  test('one token cancels many calls', () async {
    final host = _Deaf();
    final store = BlobStore.custom(host);
    final token = CancelToken();
    final gets = [
      for (var i = 0; i < 20; i++) expectError('cancelled', () => store.get('k$i', cancel: token)),
    ];
    await host.heard(20);
    token.cancel();
    await Future.wait(gets);
  });

  test('a stream that is no longer listened to asks for nothing more', () async {
    final host = CountingStore();
    final vault = await newVault(BlobStore.custom(host));
    await vault.put('x', pattern(1, 3000000));
    var pieces = 0;
    await for (final piece in vault.getStream('x')) {
      pieces += piece.isEmpty ? 0 : 1;
      break;
    }
    expect(pieces, 1);
    await _isStill(host);
    expect((await vault.get('x')).length, 3000000);
  });

  test('a subscription that waits for a store that never answers is cancelled at once', () async {
    final host = CountingStore();
    final vault = await newVault(BlobStore.custom(host));
    await vault.put('x', pattern(1, 3000000));
    host.arm(1, null, How.hang, null);
    final subscription = vault.getStream('x').listen((_) {});
    await host.armedCall;
    await subscription.cancel();
    await _isStill(host);
  });

  test('a listing is cancelled in the middle', () async {
    final vault = await newVault();
    final batch = vault.batch();
    for (var i = 0; i < 600; i++) {
      batch.mkdir('d$i');
    }
    await batch.commit();
    expect(await vault.entries('').take(3).length, 3);
    final token = CancelToken();
    var seen = 0;
    await expectError('cancelled', () async {
      await for (final _ in vault.entries('', cancel: token)) {
        seen += 1;
        token.cancel();
      }
      return null;
    });
    check(seen >= 1 && seen < 600, 'it saw $seen');
  });

  test('a source that never gives anything is cancelled and given up', () async {
    final vault = await newVault();
    final token = CancelToken();
    final listened = Completer<void>();
    final givenUp = Completer<void>();
    final source = StreamController<Uint8List>(
      onListen: listened.complete,
      onCancel: givenUp.complete,
    );
    final put = vault.putStream('x', source.stream, cancel: token);
    await listened.future;
    token.cancel();
    await expectError('cancelled', () => put);
    await givenUp.future;
    unawaited(source.close());
    expect(await vault.exists('x'), false);
  });
}

/// Checks that a store is asked nothing while another vault works through many requests.
Future<void> _isStill(CountingStore host) async {
  final calls = host.calls;
  final other = await newVault();
  for (var i = 0; i < 5; i++) {
    await other.put('$i', pattern(i, 400000));
    await other.get('$i');
  }
  expect(host.calls, calls);
}

/// Hears every call and answers none.
final class _Deaf extends HostStore {
  int _calls = 0;
  int _wanted = 0;
  Completer<void> _reached = Completer();

  /// Completes after so many calls.
  Future<void> heard(int calls) {
    _wanted = calls;
    _reached = Completer();
    if (_calls >= _wanted) _reached.complete();
    return _reached.future;
  }

  Future<T> _hear<T>() {
    _calls += 1;
    if (_calls == _wanted) _reached.complete();
    return Completer<T>().future;
  }

  @override
  Future<StoredObject> get(String key) => _hear();

  @override
  Future<Uint8List> getRange(String key, int offset, int length) => _hear();

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) => _hear();

  @override
  Future<void> delete(String key) => _hear();

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) => _hear();

  @override
  Future<ObjectMeta?> head(String key) => _hear();
}
