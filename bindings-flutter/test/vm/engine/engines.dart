/// Engines for tests.
library;

import 'dart:convert';
import 'dart:io';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../harness.dart';

/// The UTF-8 of [text].
Uint8List bytes(String text) => utf8.encode(text);

/// An engine in memory that does nothing by itself, and a namespace of it.
Future<(Engine, Namespace)> newEngine() async {
  final engine = await Engine.memory(
    config: const EngineConfig(background: EngineBackground.manual),
  );
  return (engine, await engine.namespace('notes'));
}

/// The same with so many rows: `00000` is `0` and so on.
Future<(Engine, Namespace)> engineOf(int rows, {Tracking tracking = Tracking.off}) async {
  final (engine, notes) = await newEngine();
  await notes.track(tracking);
  final batch = engine.batch();
  for (var row = 0; row < rows; row++) {
    batch.put(notes, keyOf(row), bytes('$row'));
  }
  await batch.commit();
  batch.dispose();
  return (engine, notes);
}

/// The engine in the directory [path], as soon as nobody has it any longer.
Future<Engine> openOnceFree(String path) async {
  while (true) {
    try {
      return await Engine.open(path);
    } on SealwoodException catch (error) {
      expect(error.code, 'store-locked');
    }
  }
}

/// The code of what a call failed with.
String codeOf(Object error) => error is SealwoodException ? error.code : '$error';

/// The key of a row.
Uint8List keyOf(int row) => bytes('$row'.padLeft(5, '0'));

/// Runs [body] with a directory that is gone afterwards.
Future<void> withDirectory(Future<void> Function(String path) body) async {
  final directory = Directory.systemTemp.createTempSync('sealwood');
  try {
    await body(directory.path);
  } finally {
    directory.deleteSync(recursive: true);
  }
}
