/// The gallery as a person uses it, over the real library. It lies where the variable SEALWOOD_LIBRARY of the
/// environment says, the app where SEALWOOD_EXAMPLE says.
library;

import 'dart:async';
import 'dart:io';

import 'package:flutter/material.dart';
import 'package:flutter/services.dart';
import 'package:flutter_gallery/gallery.dart';
import 'package:flutter_gallery/main.dart';
import 'package:flutter_test/flutter_test.dart';
import 'package:sealwood/sealwood.dart';

import '../../../bindings-flutter/test/scenario/host.dart';

void main() {
  setUpAll(() => Sealwood.init(libraryPath: Platform.environment['SEALWOOD_LIBRARY']));

  testWidgets('a picture is picked, shown, opened and deleted', (tester) async {
    await _start(tester, BlobStore.memory());
    await _unlock(tester, 'the right one');
    await _until(tester, find.text('No pictures yet'));
    await _settle(tester);

    await _pick(tester, 'lake.png');
    await _until(tester, find.byKey(const ValueKey('lake.png')));
    await _pick(tester, 'dunes.png');
    await _until(tester, find.byType(Image), 2);
    expect(find.byType(LinearProgressIndicator), findsNothing);
    expect(_shown(tester), unorderedEquals([_asset('lake.png'), _asset('dunes.png')]));

    await tester.tap(find.byKey(const ValueKey('lake.png')));
    await _until(tester, find.byTooltip('Delete'));
    await _settle(tester);
    await _until(tester, find.byType(Image));
    expect(_shown(tester), [_asset('lake.png')]);

    await tester.tap(find.byTooltip('Delete'));
    await _until(tester, find.byKey(const ValueKey('dunes.png')));
    await _settle(tester);
    expect(find.byKey(const ValueKey('lake.png')), findsNothing);
  });

  testWidgets('another passphrase does not open the gallery', (tester) async {
    final store = BlobStore.memory();
    await _start(tester, store);
    await _unlock(tester, 'the right one');
    await _until(tester, find.text('No pictures yet'));
    await _settle(tester);

    await _start(tester, store);
    await _unlock(tester, 'another one');
    await _until(tester, find.text('Not this one'));
  });

  testWidgets('a picture on its way is cancelled', (tester) async {
    final host = CountingStore();
    await _start(tester, BlobStore.custom(host));
    await _unlock(tester, 'the right one');
    await _until(tester, find.text('No pictures yet'));
    await _settle(tester);

    host.arm(1, 'put', How.hang, null);
    var hasArrived = false;
    unawaited(host.armedCall.then((_) => hasArrived = true));
    await _pick(tester, 'lake.png');
    await _until(tester, find.byType(LinearProgressIndicator));
    await _turns(tester, () => hasArrived);
    await tester.tap(find.byTooltip('Cancel'));
    await _until(tester, find.byType(LinearProgressIndicator), 0);
    expect(find.text('No pictures yet'), findsOneWidget);
  });

  testWidgets('a store that fails is told, and the gallery goes on', (tester) async {
    final host = CountingStore();
    await _start(tester, BlobStore.custom(host));
    await _unlock(tester, 'the right one');
    await _until(tester, find.text('No pictures yet'));
    await _settle(tester);

    host.arm(1, 'put', How.code, 'store-full');
    await _pick(tester, 'lake.png');
    await _until(tester, find.textContaining('Not added'));
    await _pick(tester, 'lake.png');
    await _until(tester, find.byKey(const ValueKey('lake.png')));
  });
}

final Directory _example = Directory(Platform.environment['SEALWOOD_EXAMPLE']!);

Uint8List _asset(String name) => File('${_example.path}/assets/$name').readAsBytesSync();

Future<void> _start(WidgetTester tester, BlobStore store) => tester.pumpWidget(
  DefaultAssetBundle(
    key: UniqueKey(),
    bundle: _Files(),
    child: GalleryApp((passphrase) => Gallery.open(store, passphrase, config: _cheap)),
  ),
);

/// A passphrase that costs nothing to guess, and so nothing to test.
const _cheap = VaultConfig(kdf: KdfConfig(memoryKib: 19456, passes: 2, lanes: 1));

Future<void> _unlock(WidgetTester tester, String passphrase) async {
  await tester.enterText(find.byType(TextField), passphrase);
  await tester.testTextInput.receiveAction(TextInputAction.done);
}

Future<void> _pick(WidgetTester tester, String name) async {
  await tester.tap(find.byTooltip('Add a picture'));
  await _settle(tester);
  await tester.tap(find.widgetWithText(ListTile, name).last);
  await _settle(tester);
}

/// Lets what moves come to rest.
Future<void> _settle(WidgetTester tester) async {
  await tester.pump();
  await tester.pump(const Duration(seconds: 1));
  await tester.pump();
}

/// The bytes behind the pictures on the screen.
List<Uint8List> _shown(WidgetTester tester) => [
  for (final image in tester.widgetList<Image>(find.byType(Image)))
    if (image.image case MemoryImage(:final bytes)) bytes,
];

/// Lets the library work until [finder] finds [count] widgets.
Future<void> _until(WidgetTester tester, Finder finder, [int count = 1]) async {
  await _turns(tester, () => finder.evaluate().length == count);
  expect(finder, findsNWidgets(count));
}

/// Lets the library work, which takes no part in the test's own time, until [isDone].
Future<void> _turns(WidgetTester tester, bool Function() isDone) async {
  for (var turn = 0; turn < 10000 && !isDone(); turn++) {
    await tester.runAsync(() => Future<void>.delayed(const Duration(milliseconds: 1)));
    await tester.pump(const Duration(milliseconds: 1));
  }
}

/// The assets as they lie in the checkout.
final class _Files extends CachingAssetBundle {
  @override
  Future<ByteData> load(String key) async =>
      ByteData.sublistView(File('${_example.path}/$key').readAsBytesSync());
}
