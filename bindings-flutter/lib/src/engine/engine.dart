/// The embedded engine.
library;

import '../call.dart';
import '../error.dart';
import '../generated/api/engine/handle.dart' as native;
import '../handle.dart';
import 'batch.dart';
import 'config.dart';
import 'health.dart';
import 'namespace.dart';
import 'snapshot.dart';
import 'state.dart';

/// The embedded engine: an ordered, crash-safe key-value store, in memory or in a directory. It encrypts nothing.
///
/// Calls run on threads of their own, and may run side by side. What cannot be cancelled in the middle is not waited
/// for any longer when it is cancelled, and goes on to its end; [close] waits for that.
final class Engine extends Handle<native.Engine> {
  Engine._(super.native);

  /// A new engine in memory, which goes with its last handle.
  static Future<Engine> memory({EngineConfig config = const EngineConfig(), CancelToken? cancel}) =>
      run(
        cancel,
        null,
        (call) async => Engine._(await native.Engine.memory(spec: engineSpec(config), call: call)),
      );

  /// The engine in the directory [path], which is made if it is missing, its ancestors too. To read only there must
  /// be an engine. Fails with `store-locked` if somebody has it open, in this process or another, in whatever
  /// language, and with `store-corrupt` if what is there is damaged: a recovery of the [config] may help. Cancelled,
  /// it goes on to its end and closes what it opened; until then the directory is `store-locked`.
  static Future<Engine> open(
    String path, {
    EngineConfig config = const EngineConfig(),
    CancelToken? cancel,
  }) => run(
    cancel,
    null,
    (call) async =>
        Engine._(await native.Engine.open(path: path, spec: engineSpec(config), call: call)),
  );

  /// The namespace called [name], which is made if there is none. Names are 1 to 64 characters of `[A-Za-z0-9_-]`.
  /// In one that is made, values from [separatedBytesMin] bytes on have files of their own: 1 to 16 MiB; what the
  /// engine was opened with if null. Fails with `namespace-limit` if there are as many as there may be, and with
  /// `read-only` if it would have to be made and must not be.
  Future<Namespace> namespace(String name, {int? separatedBytesMin, CancelToken? cancel}) =>
      run(cancel, null, (call) async {
        final namespace = await inner.namespace(
          name: name,
          separatedBytesMin: separatedBytesMin,
          call: call,
        );
        return Namespace.of(namespace);
      });

  /// The names of the namespaces, ascending.
  Future<List<String>> namespaces({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.namespaces(call: call));

  /// Drops a namespace with all its keys, durably, and returns whether there was one.
  Future<bool> dropNamespace(String name, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.dropNamespace(name: name, call: call));

  /// A batch of changes of any namespaces.
  EngineBatch batch() => guardSync(() => EngineBatch.of(inner.batch()));

  /// All namespaces as they are now, at one revision.
  Future<EngineSnapshot> snapshot({CancelToken? cancel}) =>
      run(cancel, null, (call) async => EngineSnapshot.of(await inner.snapshot(call: call)));

  /// The revision of the last change.
  Future<int> revision({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.revision(call: call));

  /// What the engine holds and has done.
  Future<EngineStats> stats({CancelToken? cancel}) =>
      run(cancel, null, (call) async => engineStatsOf(await inner.stats(call: call)));

  /// Makes everything that was written so far durable.
  Future<void> sync({CancelToken? cancel}) => run(cancel, null, (call) => inner.sync_(call: call));

  /// Whether [sync] has anything to do.
  Future<bool> needsSync({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.needsSync(call: call));

  /// Writes a checkpoint, so that opening has nothing to replay, and deletes what nothing needs. Returns whether
  /// there was anything to do.
  Future<bool> checkpoint({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.checkpoint(call: call));

  /// Does a piece of the work that the engine does by itself, and returns whether there is more to be done.
  Future<bool> maintain({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.maintain(call: call));

  /// Gives back the space of what is dead in the log, and returns how many bytes were written anew.
  /// Cancelled, it ends after its present step, and what is done stays done.
  Future<int> compact({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.compact(call: call));

  /// Deletes values that no key names, as a crash may leave them.
  Future<Vacuum> vacuum({CancelToken? cancel}) =>
      run(cancel, null, (call) async => vacuumOf(await inner.vacuum(call: call)));

  /// Removes keys that have expired, which are out of reach anyway, and returns how many there were.
  Future<int> purgeExpired({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.purgeExpired(call: call));

  /// Checks everything there is: the index, each record and value, headers, footers and accounts. Gives the first
  /// [firstMax] of what is wrong: 1,000 if null, at most 10,000. Cancelled, it ends after its present step.
  Future<Verified> verify({int? firstMax, CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async => verifiedOf(await inner.verify(firstMax: firstMax, call: call)),
  );

  /// Reads all rows of the tracked namespaces, one after the other, each at one revision, and compares them with what
  /// was counted of them. Progress is rows of all. Cancelled, it ends after some hundred rows.
  Future<VerifiedStates> verifyState({CancelToken? cancel, OnProgress? onProgress}) => run(
    cancel,
    onProgress,
    (call) async => verifiedStatesOf(await inner.verifyState(call: call)),
  );

  /// Compares with another engine, namespace by namespace, each at one revision of either side, and gives the first
  /// [firstMax] of what differs: 1,000 if null, at most 10,000. Of equal ones nothing is read. Cancelled, it ends
  /// after its present step.
  Future<ComparedEngines> compare(Engine other, {int? firstMax, CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async =>
        comparedEnginesOf(await inner.compare(other: other.inner, firstMax: firstMax, call: call)),
  );

  /// Waits for the calls that are under way, checkpoints, closes all files and releases the directory. Everything of
  /// the engine fails with `closed` then. Closing again does nothing. [dispose] releases the memory; without this,
  /// the directory is released with the last handle of the engine or of anything in it.
  Future<void> close({CancelToken? cancel}) => run(cancel, null, (call) => inner.close(call: call));
}
