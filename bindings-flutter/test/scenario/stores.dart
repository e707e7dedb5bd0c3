/// Steps on stores.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'content.dart';
import 'host.dart';
import 'outcome.dart';
import 'problem.dart';
import 'step.dart';
import 'world.dart';

/// `store`.
Future<Outcome> openStore(World world, Step step) async {
  final name = step.needText('as');
  final kind = step.text('kind') ?? 'memory';
  switch (kind) {
    case 'memory':
      world.stores.set(name, BlobStore.memory());
    case 'host' || 'bare':
      final host = CountingStore();
      world.hosts.set(name, host);
      world.stores.set(name, BlobStore.custom(kind == 'bare' ? BareStore(host) : host));
    case 'objects':
      final store = BlobStore.memory();
      final objects = step.object('objects') ?? (throw const Problem('no "objects"'));
      for (final MapEntry(:key, :value) in objects.entries) {
        final bytes = value is String ? bytesOf(value) : throw Problem('$key is not hexadecimal');
        await store.put(key, bytes, precondition: const Precondition.absent());
      }
      world.stores.set(name, store);
    case 'local':
      world.stores.set(name, await BlobStore.local(step.needText('path')));
    case 'directory':
      world.stores.set(name, await BlobStore.directory(step.needText('path')));
    case 's3':
      final config = S3Config(
        endpoint: step.needText('endpoint'),
        region: 'us-east-1',
        bucket: step.needText('bucket'),
        prefix: step.text('prefix'),
        pathStyle: true,
        accessKeyId: 'test',
        secretAccessKey: 'test',
        allowHttp: true,
      );
      world.stores.set(name, BlobStore.s3(config));
    default:
      throw Problem('no kind of store: $kind');
  }
  return const Nothing();
}

/// `misbehave`.
Outcome misbehave(World world, Step step) {
  final host = world.hosts.get(step.needText('store'));
  final how = How.parse(step.needText('how'));
  host.arm(step.needNumber('at'), step.text('method'), how, step.text('code'));
  return const Nothing();
}

/// `awaitCall`.
Future<Outcome> awaitCall(World world, Step step) async {
  await world.hosts.get(step.needText('store')).armedCall;
  return const Nothing();
}

/// `calls`.
Outcome countCalls(World world, Step step) {
  final calls = world.hosts.get(step.needText('store')).calls;
  final since = step.text('since');
  final before = since == null ? 0 : world.counts.get(since);
  world.counts.set(step.text('as'), calls);
  return Value(calls - before);
}

/// `object.*`.
Future<Outcome> takeOnObjects(World world, String verb, Step step) async {
  final store = world.stores.get(step.needText('store'));
  switch (verb) {
    case 'object.list':
      return _list(world, store, step);
    case 'object.copy':
      final (from, to) = (step.needText('from'), step.needText('to'));
      await store.put(to, (await store.get(from)).bytes);
      return const Nothing();
    case 'object.deleteMany':
      final left = await store.deleteMany(_keys(world, step), cancel: step.cancel);
      return Value([
        for (final NotDeleted(:key, :error) in left)
          <String, Object?>{'key': key, 'code': error.code},
      ]);
  }
  final key = _key(world, step);
  switch (verb) {
    case 'object.get':
      final name = step.text('as');
      final object = await store.get(key, cancel: step.cancel);
      world.etags.set(name, object.etag);
      return Content(object.bytes);
    case 'object.getRange':
      final (offset, length) = (step.needNumber('offset'), step.needNumber('length'));
      return Content(await store.getRange(key, offset, length, cancel: step.cancel));
    case 'object.put':
      final (content, name) = (step.content('content'), step.text('as'));
      final precondition = switch ((step.flag('absent'), step.text('matches'))) {
        (false, null) => const Precondition.none(),
        (true, null) => const Precondition.absent(),
        (false, final etag?) => Precondition.matches(world.etags.get(etag)),
        _ => throw const Problem('either "absent" or "matches"'),
      };
      final etag = await store.put(key, content, precondition: precondition, cancel: step.cancel);
      world.etags.set(name, etag);
      return const Nothing();
    case 'object.delete':
      await store.delete(key, cancel: step.cancel);
      return const Nothing();
    case 'object.head':
      final (name, meta) = (step.text('as'), await store.head(key, cancel: step.cancel));
      if (meta == null) return const Value(null);
      if (meta.etag case final etag?) world.etags.set(name, etag);
      return Value(<String, Object?>{'size': meta.size, 'modifiedMs': meta.modifiedMs});
    case 'object.corrupt':
      await store.put(key, _corrupted((await store.get(key)).bytes, step));
      return const Nothing();
    default:
      throw Problem('nothing is called "$verb"');
  }
}

String _key(World world, Step step) {
  if (step.text('key') case final key?) return key;
  final keys = world.keys.get(step.needText('keys'));
  final index = step.needNumber('index');
  return index < keys.length ? keys[index] : throw Problem('there are ${keys.length} keys');
}

/// The keys that a step lists, or that have a name.
List<String> _keys(World world, Step step) => switch (step.value('keys')) {
  final String name => world.keys.get(name),
  final List<Object?> keys => keys.cast<String>(),
  final other => throw Problem('no keys: $other'),
};

Future<Outcome> _list(World world, BlobStore store, Step step) async {
  final name = step.text('as');
  final page = await store.list(
    step.needText('prefix'),
    startAfter: step.text('startAfter'),
    limit: step.number('limit') ?? 1000,
    cancel: step.cancel,
  );
  final without = step.text('without');
  final known = without == null ? const <String>[] : world.keys.get(without);
  final keys = [
    for (final meta in page.objects)
      if (!known.contains(meta.key)) meta.key,
  ];
  world.keys.set(name, keys);
  return Value(<String, Object?>{'count': keys.length, 'keys': keys, 'next': page.next});
}

/// The object with one bit flipped, or its first bytes alone.
Uint8List _corrupted(Uint8List bytes, Step step) =>
    switch ((step.number('bit'), step.number('truncate'))) {
      (final bit?, null) when bit ~/ 8 < bytes.length => Uint8List.fromList(
        bytes,
      )..[bit ~/ 8] ^= 1 << bit % 8,
      (null, final kept?) when kept < bytes.length => bytes.sublist(0, kept),
      _ => throw const Problem('either "bit" or "truncate", within the object'),
    };
