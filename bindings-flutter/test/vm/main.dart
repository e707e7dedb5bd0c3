/// The tests of the package in the Dart VM. The native library lies where the variable SEALWOOD_LIBRARY of
/// the environment says.
library;

import 'dart:io';

import 'package:sealwood/sealwood.dart';

import 'bad_inputs.dart';
import 'cancelling.dart';
import 'engine/calls.dart';
import 'engine/handles.dart';
import 'engine/hashes.dart';
import 'engine/state.dart';
import 'engine/streams.dart';
import 'harness.dart';
import 'memory.dart';
import 'progress.dart';
import 'runner.dart';
import 'stores.dart';
import 'vaults.dart';

Future<void> main() async {
  test('the library is loaded once, and not from where it is not', () async {
    await expectError('platform', () => Sealwood.init(libraryPath: '/no/such/library'));
    await Sealwood.init(libraryPath: Platform.environment['SEALWOOD_LIBRARY']);
    await Sealwood.init(libraryPath: '/no/such/library');
  });
  // Before what makes Dart's heap large, which is collected late from then on.
  engineStreams();
  vaults();
  stores();
  badInputs();
  cancelling();
  progress();
  engineCalls();
  engineState();
  engineHandles();
  hashes();
  runner();
  memory();
  await runTests();
}
