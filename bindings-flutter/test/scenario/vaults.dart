/// Steps on vaults, batches and snapshots.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'content.dart';
import 'outcome.dart';
import 'problem.dart';
import 'step.dart';
import 'world.dart';

/// `prepare`.
Future<Outcome> prepareVault(World world, Step step) async {
  final name = step.text('as');
  final (credential, config) = (_credential(world, step), _config(step));
  final prepared = await Vault.prepare(credential, config: config, cancel: step.cancel);
  world.newVaults.set(name, prepared);
  return const Nothing();
}

/// `create` and `open`.
Future<Outcome> openVault(World world, String verb, Step step) async {
  final (store, name) = (world.stores.get(step.needText('store')), step.text('as'));
  final prepared = verb == 'create' ? step.text('new') : null;
  if (prepared != null) {
    final vault = await world.newVaults.get(prepared).create(store, cancel: step.cancel);
    world.vaults.set(name, vault);
    return const Nothing();
  }
  final (credential, config) = (_credential(world, step), _config(step));
  final open = verb == 'create' ? Vault.create : Vault.open;
  world.vaults.set(name, await open(store, credential, config: config, cancel: step.cancel));
  return const Nothing();
}

Credential _credential(World world, Step step) {
  final phrase = step.text('phrase');
  return switch ((step.secret('secret'), phrase, step.text('passphrase'))) {
    (final secret?, null, null) => Credential.secret(secret),
    (null, final phrase?, null) => Credential.phrase(
      world.phrases.has(phrase) ? world.phrases.get(phrase) : phrase,
    ),
    (null, null, final passphrase?) => Credential.passphrase(passphrase),
    _ => throw const Problem('one of "secret", "phrase" and "passphrase"'),
  };
}

VaultConfig _config(Step step) {
  final kdf = Step(step.object('kdf') ?? const {});
  final ceiling = Step(step.object('kdfCeiling') ?? const {});
  final config = VaultConfig(
    chunkBytes: step.number('chunkBytes'),
    kdf: KdfConfig(
      memoryKib: kdf.number('memoryKib'),
      passes: kdf.number('passes'),
      lanes: kdf.number('lanes'),
    ),
    kdfCeiling: KdfCeiling(
      memoryKib: ceiling.number('memoryKib'),
      passes: ceiling.number('passes'),
    ),
    memoryBudgetBytes: step.number('memoryBudgetBytes'),
    packBytesMax: step.number('packBytesMax'),
    extentBytesMax: step.number('extentBytesMax'),
  );
  kdf.finish();
  ceiling.finish();
  return config;
}

/// Those on a vault that is not stored yet.
Outcome takeOnNewVault(World world, NewVault prepared, String verb, Step step) {
  if (verb != 'recoveryPhrase') throw Problem('nothing is called "$verb" here');
  return _words(world, prepared.recoveryPhrase(), step);
}

Outcome _words(World world, String phrase, Step step) {
  world.phrases.set(step.text('as'), phrase);
  return Value(phrase);
}

/// Those on a vault.
Future<Outcome> takeOnVault(World world, Vault vault, String verb, Step step) async {
  final cancel = step.cancel;
  switch (verb) {
    case 'put':
      final entry = await vault.put(
        step.needText('path'),
        step.content('content'),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
        deferred: step.flag('deferred'),
        cancel: cancel,
        onProgress: step.onProgress,
      );
      return entryOutcome(entry);
    case 'putStream':
      final entry = await vault.putStream(
        step.needText('path'),
        _source(step),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
        deferred: step.flag('deferred'),
        sizeHint: step.number('sizeHint'),
        cancel: cancel,
        onProgress: step.onProgress,
      );
      return entryOutcome(entry);
    case 'mkdir':
      await vault.mkdir(step.needText('path'), cancel: cancel);
    case 'remove':
      await vault.remove(step.needText('path'), cancel: cancel);
    case 'removeAll':
      await vault.removeAll(step.needText('path'), cancel: cancel);
    case 'rename':
      await vault.rename(step.needText('from'), step.needText('to'), cancel: cancel);
    case 'copy':
      await vault.copy(step.needText('from'), step.needText('to'), cancel: cancel);
    case 'setMetadata':
      await vault.setMetadata(
        step.needText('path'),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
        cancel: cancel,
      );
    case 'flush':
      await vault.flush(cancel: cancel, onProgress: step.onProgress);
    case 'refresh':
      await vault.refresh(cancel: cancel);
    case 'close':
      await vault.close(cancel: cancel);
    case 'needsFlush':
      return Value(vault.needsFlush);
    case 'stats':
      return statsOutcome(vault.stats());
    case 'batch':
      world.batches.set(step.text('as'), vault.batch());
    case 'snapshot':
      world.snapshots.set(step.text('as'), await vault.snapshot(cancel: cancel));
    case 'link':
      final name = step.text('as');
      final link = await vault.link(step.needText('path'), cancel: cancel);
      world.links.set(name, link);
      return Value(link == null ? null : digitsOf(link));
    default:
      return _read(_vaultReader(vault), verb, step);
  }
  return const Nothing();
}

/// Those on a snapshot.
Future<Outcome> takeOnSnapshot(Snapshot snapshot, String verb, Step step) =>
    _read(_snapshotReader(snapshot), verb, step);

/// Those on a batch.
Future<Outcome> takeOnBatch(Batch batch, String verb, Step step) async {
  switch (verb) {
    case 'put':
      await batch.put(
        step.needText('path'),
        step.content('content'),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
        cancel: step.cancel,
        onProgress: step.onProgress,
      );
    case 'putStream':
      await batch.putStream(
        step.needText('path'),
        _source(step),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
        sizeHint: step.number('sizeHint'),
        cancel: step.cancel,
        onProgress: step.onProgress,
      );
    case 'mkdir':
      batch.mkdir(step.needText('path'));
    case 'remove':
      batch.remove(step.needText('path'));
    case 'removeAll':
      batch.removeAll(step.needText('path'));
    case 'rename':
      batch.rename(step.needText('from'), step.needText('to'));
    case 'copy':
      batch.copy(step.needText('from'), step.needText('to'));
    case 'setMetadata':
      batch.setMetadata(
        step.needText('path'),
        contentType: step.text('contentType'),
        metadata: step.metadata,
        modifiedMs: step.number('modifiedMs'),
      );
    case 'length':
      return Value(batch.length);
    case 'commit':
      await batch.commit(cancel: step.cancel, onProgress: step.onProgress);
    case 'close':
      batch.close();
    default:
      throw Problem('nothing is called "$verb" here');
  }
  return const Nothing();
}

/// `shared`.
Outcome openShared(World world, Step step) {
  final link = step.needText('link');
  final bytes = world.links.has(link) ? world.links.get(link) : bytesOf(link);
  final store = world.stores.get(step.needText('store'));
  final shared = SharedDirectory.open(store, bytes ?? (throw const Problem('an empty directory')));
  world.snapshots.set(step.text('as'), shared);
  return const Nothing();
}

Stream<Uint8List> _source(Step step) {
  final content = step.content('content');
  final pieceBytes = step.number('pieceBytes') ?? 65536;
  final failAfter = step.number('failAfter');
  return _pieces(content, pieceBytes, failAfter);
}

Stream<Uint8List> _pieces(Uint8List content, int pieceBytes, int? failAfter) async* {
  var given = 0;
  for (var at = 0; at < content.length && given != failAfter; at += pieceBytes) {
    final end = at + pieceBytes < content.length ? at + pieceBytes : content.length;
    yield Uint8List.sublistView(content, at, end);
    given += 1;
  }
  if (failAfter != null) throw StateError('the source of the scenario');
}

Future<Outcome> _read(_Reader reader, String verb, Step step) async {
  final path = step.needText('path');
  switch (verb) {
    case 'get':
      return Content(await reader.get(path, cancel: step.cancel, onProgress: step.onProgress));
    case 'getRange':
      final (start, end) = (step.needNumber('start'), step.needNumber('end'));
      final bytes = await reader.getRange(
        path,
        start,
        end,
        cancel: step.cancel,
        onProgress: step.onProgress,
      );
      return Content(bytes);
    case 'getStream':
      final take = step.number('take');
      final pieces = reader.getStream(
        path,
        start: step.number('start'),
        end: step.number('end'),
        cancel: step.cancel,
        onProgress: step.onProgress,
      );
      final joined = BytesBuilder(copy: false);
      await (take == null ? pieces : pieces.take(take)).forEach(joined.add);
      return Content(joined.takeBytes());
    case 'stat':
      return entryOutcome(await reader.stat(path, cancel: step.cancel));
    case 'exists':
      return Value(await reader.exists(path, cancel: step.cancel));
    case 'list':
      final page = await reader.list(
        path,
        after: step.text('after'),
        limit: step.number('limit'),
        cancel: step.cancel,
      );
      final names = [for (final entry in page.entries) entry.name];
      return Value(<String, Object?>{'names': names, 'next': page.next});
    case 'entries':
      return _paths(reader.entries(path, cancel: step.cancel));
    case 'entriesRecursive':
      return _paths(reader.entriesRecursive(path, cancel: step.cancel));
    default:
      throw Problem('nothing is called "$verb" here');
  }
}

Future<Outcome> _paths(Stream<EntryInfo> entries) async =>
    Paths(await entries.map((entry) => entry.path).toList());

/// What a vault and a snapshot read with alike.
typedef _Reader = ({
  Future<Uint8List> Function(String, {CancelToken? cancel, OnProgress? onProgress}) get,
  Future<Uint8List> Function(String, int, int, {CancelToken? cancel, OnProgress? onProgress})
  getRange,
  Stream<Uint8List> Function(
    String, {
    int? start,
    int? end,
    CancelToken? cancel,
    OnProgress? onProgress,
  })
  getStream,
  Future<EntryInfo> Function(String, {CancelToken? cancel}) stat,
  Future<bool> Function(String, {CancelToken? cancel}) exists,
  Future<ListPage> Function(String, {String? after, int? limit, CancelToken? cancel}) list,
  Stream<EntryInfo> Function(String, {CancelToken? cancel}) entries,
  Stream<EntryInfo> Function(String, {CancelToken? cancel}) entriesRecursive,
});

_Reader _vaultReader(Vault vault) => (
  get: vault.get,
  getRange: vault.getRange,
  getStream: vault.getStream,
  stat: vault.stat,
  exists: vault.exists,
  list: vault.list,
  entries: vault.entries,
  entriesRecursive: vault.entriesRecursive,
);

_Reader _snapshotReader(Snapshot snapshot) => (
  get: snapshot.get,
  getRange: snapshot.getRange,
  getStream: snapshot.getStream,
  stat: snapshot.stat,
  exists: snapshot.exists,
  list: snapshot.list,
  entries: snapshot.entries,
  entriesRecursive: snapshot.entriesRecursive,
);
