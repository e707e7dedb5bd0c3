/// One scenario from its first step to its last.
library;

import 'dart:async';

import 'package:sealwood/sealwood.dart';

import 'content.dart';
import 'engine/engines.dart';
import 'engine/hashes.dart';
import 'engine/iterations.dart';
import 'engine/namespaces.dart';
import 'engine/partitions.dart';
import 'outcome.dart';
import 'problem.dart';
import 'step.dart';
import 'stores.dart';
import 'vaults.dart';
import 'world.dart';

/// A step that takes longer has failed.
const _stepMax = Duration(seconds: 60);

/// A step that was started and not awaited yet.
typedef _Task = ({void Function() cancel, Future<void> end});

/// Runs the steps of a scenario. Fails with a [Problem] that names the step that did otherwise.
Future<void> runScenario(List<Object?> steps) async {
  final runner = _Runner();
  for (final (index, members) in steps.indexed) {
    if (members is! Map<String, Object?>) throw Problem('step ${index + 1}: not a step: $members');
    try {
      await runner.take(Step(members));
    } catch (problem) {
      throw Problem('step ${index + 1} (${members['do']}): $problem');
    }
  }
  if (runner._tasks.isNotEmpty) {
    throw Problem('the task "${runner._tasks.keys.first}" was never awaited');
  }
}

final class _Runner {
  final World _world = World();
  final Map<String, _Task> _tasks = {};

  Future<void> take(Step step) async {
    final verb = step.needText('do');
    switch (verb) {
      case 'await':
        final task = _tasks.remove(step.needText('task')) ?? (throw const Problem('no such task'));
        step.finish();
        return _inTime(task.end);
      case 'cancel':
        final task = _tasks[step.needText('task')] ?? (throw const Problem('no such task'));
        task.cancel();
        return step.finish();
    }
    if (verb != 'progress') {
      if (step.text('progress') case final name?) {
        final reports = <Progress>[];
        _world.progress.set(name, reports);
        step.onProgress = reports.add;
      }
    }
    final name = step.text('background');
    final end = _takeAndCompare(verb, step);
    if (name == null) return _inTime(end);
    if (_tasks.containsKey(name)) throw const Problem('a task of that name is not awaited yet');
    // Whoever awaits the task hears of it.
    end.ignore();
    _tasks[name] = (cancel: step.cancelNow, end: end);
  }

  Future<void> _takeAndCompare(String verb, Step step) async {
    final error = step.value('error');
    final expects = step.has('expect');
    final expect = step.value('expect');
    final Outcome outcome;
    try {
      outcome = await _take(verb, step);
    } on SealwoodException catch (came) {
      step.finish();
      if (error == null || expects) throw Problem('failed with ${came.code} (${came.message})');
      return compareError(came, error);
    }
    step.finish();
    if (error != null) throw Problem('expected the error $error, the step succeeded');
    if (expects) outcome.compare(_world.withRevision(expect));
  }

  Future<Outcome> _take(String verb, Step step) async {
    switch (verb) {
      case 'store':
        return openStore(_world, step);
      case 'closeStore':
        await _world.stores.get(step.needText('store')).close(cancel: step.cancel);
        return const Nothing();
      case 'checkStore':
        final store = _world.stores.get(step.needText('store'));
        return Value(await checkStore(store, step.needText('prefix'), cancel: step.cancel));
      case 'misbehave':
        return misbehave(_world, step);
      case 'awaitCall':
        return awaitCall(_world, step);
      case 'calls':
        return countCalls(_world, step);
      case 'progress':
        return _progress(step);
      case 'prepare':
        return prepareVault(_world, step);
      case 'create' || 'open':
        return openVault(_world, verb, step);
      case 'shared':
        return openShared(_world, step);
      case 'version':
        return Value(Sealwood.version);
      case 'phraseOfSecret':
        final secret = step.secret('secret') ?? (throw const Problem('no "secret"'));
        return Value(Sealwood.phraseOfSecret(secret));
      case 'secretOfPhrase':
        return Value(digitsOf(Sealwood.secretOfPhrase(step.needText('phrase'))));
    }
    switch (verb.split('.')) {
      case ['object', _]:
        return takeOnObjects(_world, verb, step);
      case ['engine', final verb]:
        return takeOnEngine(_world, verb, step);
      case ['hash', final verb]:
        return takeOnHash(_world, verb, step);
      case ['partitions', final verb]:
        return takeOnPartitions(_world, verb, step);
    }
    if (step.text('batch') case final name?) {
      return takeOnBatch(_world.batches.get(name), verb, step);
    }
    if (step.text('snapshot') case final name?) {
      return takeOnSnapshot(_world.snapshots.get(name), verb, step);
    }
    if (step.text('new') case final name?) {
      return takeOnNewVault(_world, _world.newVaults.get(name), verb, step);
    }
    if (await _takeOnEngines(verb, step) case final outcome?) return outcome;
    return takeOnVault(_world, _world.vaults.get(step.needText('vault')), verb, step);
  }

  /// Null if it is on nothing of an engine.
  Future<Outcome?> _takeOnEngines(String verb, Step step) async {
    if (step.text('namespace') case final name?) {
      return takeOnNamespace(_world, _world.namespaces.get(name), verb, step);
    }
    if (step.text('engineBatch') case final name?) {
      return takeOnEngineBatch(_world, _world.engineBatches.get(name), verb, step);
    }
    if (step.text('engineSnapshot') case final name?) {
      return takeOnEngineSnapshot(_world, _world.engineSnapshots.get(name), verb, step);
    }
    if (step.text('namespaceSnapshot') case final name?) {
      return takeOnNamespaceSnapshot(_world, _world.namespaceSnapshots.get(name), verb, step);
    }
    if (step.text('scan') case final name?) {
      return takeOnScan(_world.scans.get(name), verb, step);
    }
    if (step.text('watch') case final name?) {
      return takeOnWatch(_world.watches.get(name), verb, step);
    }
    return null;
  }

  Outcome _progress(Step step) {
    final expect = step.value('expect');
    final total = switch (expect) {
      {'total': final int total} when expect.length == 1 => total,
      Map() when expect.isEmpty => null,
      _ => throw Problem('not a progress: $expect'),
    };
    _world.checkProgress(step.needText('of'), total);
    // Compared already.
    return Value(expect);
  }
}

Future<void> _inTime(Future<void> end) =>
    end.timeout(_stepMax, onTimeout: () => throw Problem('no end after ${_stepMax.inSeconds} s'));
