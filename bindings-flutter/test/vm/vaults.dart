/// Every operation, in the habits of Dart.
library;

import 'dart:async';
import 'dart:io';
import 'dart:isolate';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'harness.dart';

void vaults() {
  test('a file is put, described, read and removed', () async {
    final vault = await newVault();
    final bytes = pattern(1, 300000);
    final put = await vault.put(
      '/album/sea.jpg',
      bytes,
      contentType: 'image/jpeg',
      metadata: {'b': '2', 'a': '1'},
      modifiedMs: 1700000000000,
    );
    final entry = await vault.stat('album/sea.jpg');
    for (final info in [put, entry]) {
      expect(info.path, 'album/sea.jpg');
      expect(info.name, 'sea.jpg');
      expect(info.kind, EntryKind.file);
      expect(info.size, bytes.length);
      expect(info.contentType, 'image/jpeg');
      expect(info.metadata, {'a': '1', 'b': '2'});
      expect(info.modified, DateTime.utc(2023, 11, 14, 22, 13, 20));
    }
    expect(await vault.get('album/sea.jpg'), bytes);
    expect(await vault.getRange('album/sea.jpg', 131071, 131074), bytes.sublist(131071, 131074));
    await vault.remove('album/sea.jpg');
    expect(await vault.exists('album/sea.jpg'), false);
    final error = await expectError('not-found', () => vault.get('album/sea.jpg'));
    expect(error.path, 'album/sea.jpg');
  });

  test('directories are made, renamed, copied and listed', () async {
    final vault = await newVault();
    await vault.mkdir('a/b');
    await vault.put('a/b/x', pattern(1, 10));
    await vault.rename('a', 'c');
    await vault.copy('c/b', 'd');
    await vault.setMetadata('d/x', contentType: 'text/plain');
    expect((await vault.stat('d/x')).contentType, 'text/plain');
    final all = await vault.entriesRecursive('').map((entry) => entry.path).toList();
    expect(all..sort(), ['c', 'c/b', 'c/b/x', 'd', 'd/x']);
    final page = await vault.list('', limit: 1);
    expect(page.entries.single.name, 'c');
    expect((await vault.list('', after: page.next)).entries.single.isDirectory, true);
    await vault.removeAll('c');
    expect(await vault.entries('').map((entry) => entry.name).toList(), ['d']);
  });

  test('contents stream in and out', () async {
    final vault = await newVault();
    final bytes = pattern(5, 700000);
    Stream<List<int>> source() async* {
      for (var at = 0; at < bytes.length; at += 70000) {
        // Not every stream of Dart gives Uint8List.
        yield bytes.sublist(at, at + 70000).toList();
      }
    }

    await vault.putStream('x', source());
    final pieces = await vault.getStream('x').toList();
    check(pieces.length > 1, 'one piece alone');
    final joined = BytesBuilder();
    pieces.forEach(joined.add);
    expect(joined.takeBytes(), bytes);
    final part = await vault.getStream('x', start: 5, end: 9).toList();
    expect(part, [bytes.sublist(5, 9)]);
    await expectError('not-found', () => vault.getStream('y').toList());
  });

  test('a stream waits for a listener that pauses', () async {
    final vault = await newVault();
    await vault.put('x', pattern(1, 1000000));
    var bytes = 0;
    final ended = Completer<void>();
    late final StreamSubscription<Uint8List> subscription;
    subscription = vault.getStream('x').listen((piece) {
      check(!subscription.isPaused, 'a piece came in the pause');
      bytes += piece.length;
      subscription.pause(Future<void>.delayed(Duration.zero));
    }, onDone: ended.complete);
    await ended.future;
    await subscription.cancel();
    expect(bytes, 1000000);
  });

  test('calls run side by side', () async {
    final vault = await newVault();
    await Future.wait([for (var i = 0; i < 40; i++) vault.put('d/$i', pattern(i, 5000 + i))]);
    final contents = await Future.wait([for (var i = 0; i < 40; i++) vault.get('d/$i')]);
    for (var i = 0; i < 40; i++) {
      expect(contents[i], pattern(i, 5000 + i));
    }
  });

  test('a batch is committed as a whole or not at all', () async {
    final vault = await newVault();
    final batch = vault.batch();
    await batch.put('a', pattern(1, 10));
    await batch.putStream('b', Stream.value(pattern(2, 10)));
    batch
      ..mkdir('m')
      ..copy('a', 'm/a')
      ..rename('b', 'm/b')
      ..setMetadata('m/a', contentType: 'x/y');
    expect(batch.length, 6);
    expect(await vault.exists('a'), false);
    await batch.commit();
    expect(await vault.get('m/b'), pattern(2, 10));
    await expectError('closed', batch.commit);
    final second = vault.batch()
      ..remove('a')
      ..removeAll('nothing');
    await expectError('not-found', second.commit);
    expect(await vault.exists('a'), true);
    final third = vault.batch()..close();
    await expectError('closed', () => third.mkdir('z'));
  });

  test('snapshots and links stay as they were', () async {
    final store = BlobStore.memory();
    final vault = await newVault(store);
    expect(await vault.link(''), null);
    await vault.put('d/x', pattern(1, 10));
    final snapshot = await vault.snapshot();
    final link = await vault.link('d');
    await vault.put('d/x', pattern(2, 10));
    expect(await snapshot.get('d/x'), pattern(1, 10));
    final shared = SharedDirectory.open(store, link!);
    expect(await shared.get('x'), pattern(1, 10));
    expect((await shared.list('')).entries.single.path, 'x');
    expect(await vault.get('d/x'), pattern(2, 10));
  });

  test('a vault is opened by secret, by its words and by passphrase', () async {
    final drawn = Sealwood.generateSecret();
    final words = Sealwood.phraseOfSecret(drawn);
    expect(Sealwood.secretOfPhrase(words), drawn);
    final store = BlobStore.memory();
    final vault = await Vault.create(store, Credential.secret(drawn));
    await vault.put('x', pattern(1, 3));
    final again = await Vault.open(store, Credential.phrase(words));
    expect(await again.get('x'), pattern(1, 3));
    await expectError('wrong-key', () => Vault.open(store, secret));
    await expectError('vault-exists', () => Vault.create(store, secret));
    await expectError('vault-not-found', () => Vault.open(BlobStore.memory(), secret));

    const cheap = VaultConfig(kdf: KdfConfig(memoryKib: 19456, passes: 2, lanes: 1));
    const passphrase = Credential.passphrase('correct horse');
    final second = BlobStore.memory();
    await Vault.create(second, passphrase, config: cheap);
    await Vault.open(second, passphrase);
    const wrong = Credential.passphrase('wrong horse');
    await expectError('wrong-passphrase', () => Vault.open(second, wrong));
  });

  test('deferred changes wait for a flush, and figures count', () async {
    final vault = await newVault();
    expect(vault.needsFlush, false);
    await vault.put('x', pattern(1, 3), deferred: true);
    expect(vault.needsFlush, true);
    await vault.flush();
    expect(vault.needsFlush, false);
    expect(vault.stats().commits, 1);
    expect(vault.stats().chunkBytes, 131072);
  });

  test('two clients see each other after a refresh', () async {
    final store = BlobStore.memory();
    final one = await newVault(store);
    final two = await Vault.open(store, secret);
    await one.put('x', pattern(1, 3));
    await two.refresh();
    expect(await two.get('x'), pattern(1, 3));
  });

  test('another isolate loads the library for itself', () async {
    final directory = Directory.systemTemp.createTempSync('sealwood');
    final path = directory.path;
    final library = Platform.environment['SEALWOOD_LIBRARY'];
    try {
      final vault = await newVault(await BlobStore.directory(path));
      await vault.put('x', pattern(1, 300000));
      final size = await Isolate.run(() async {
        await Sealwood.init(libraryPath: library);
        final vault = await Vault.open(await BlobStore.directory(path), secret);
        await vault.put('y', pattern(2, 5000));
        return (await vault.get('x')).length;
      });
      expect(size, 300000);
      await vault.refresh();
      expect(await vault.get('y'), pattern(2, 5000));
    } finally {
      directory.deleteSync(recursive: true);
    }
  });

  test('a closed vault refuses calls, a disposed one too', () async {
    final vault = await newVault();
    await vault.put('x', pattern(1, 3), deferred: true);
    await vault.close();
    await vault.close();
    await expectError('closed', () => vault.put('y', pattern(1, 3)));
    vault
      ..dispose()
      ..dispose();
    check(vault.isDisposed, 'not disposed');
    await expectError('closed', () => vault.get('x'));
  });

  test('log messages come to the hook and no further once it is gone', () async {
    final messages = <String>[];
    Sealwood.setLogger(LogLevel.trace, (level, message) => messages.add('${level.name} $message'));
    final vault = await newVault();
    await vault.put('a secret name', pattern(1, 5000));
    check(messages.isNotEmpty, 'no message came');
    check(!messages.join().contains('secret name'), 'a message holds a path');
    Sealwood.setLogger(LogLevel.trace, null);
    final before = messages.length;
    await vault.put('x', pattern(1, 5000));
    expect(messages.length, before);
  });

  test('the version is that of the package', () {
    final pubspec = File.fromUri(_package.resolve('pubspec.yaml')).readAsStringSync();
    check(pubspec.contains('\nversion: ${Sealwood.version}\n'), 'it is ${Sealwood.version}');
  });
}

/// The directory of the package.
final Uri _package = Uri.directory(Platform.environment['SEALWOOD_PACKAGE']!);
