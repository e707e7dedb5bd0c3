/// What an engine is opened with.
library;

import '../generated/api/engine/config.dart' as native;

export '../generated/api/engine/config.dart' show EngineAccess, EngineBackground, EngineRecovery;

/// What an engine is opened with. An app needs none of it; what is null is the engine's default. What is beyond its
/// limits is an `invalid-argument`.
final class EngineConfig {
  /// Whether others are kept out, or may read too and nothing is written.
  final native.EngineAccess access;

  /// Where the index comes from.
  final native.EngineRecovery recovery;

  /// Who checkpoints, compacts and counts rows: the engine, or the app, which calls `Engine.maintain`.
  final native.EngineBackground background;

  /// From which size on values have files of their own, in bytes: 1 to 16 MiB; 128 KiB if null.
  final int? separatedBytesMin;

  /// How much of the index is kept in memory, in bytes; 64 MiB if null.
  final int? memoryBytesMax;

  /// The most namespaces there may be: 1 to 65,536; 1,024 if null.
  final int? namespacesMax;

  /// How long after the last write the engine works by itself, in whole milliseconds: 1 to a day; 500 if null.
  final Duration? checkpointIdle;

  /// How many changes are kept for watches: at most 1,048,576; 4,096 if null.
  final int? watchEventsMax;

  /// How much memory these may take, in bytes: at most 1 GiB; 4 MiB if null.
  final int? watchBytesMax;

  /// Settings.
  const EngineConfig({
    this.access = native.EngineAccess.readWrite,
    this.recovery = native.EngineRecovery.checkpoint,
    this.background = native.EngineBackground.automatic,
    this.separatedBytesMin,
    this.memoryBytesMax,
    this.namespacesMax,
    this.checkpointIdle,
    this.watchEventsMax,
    this.watchBytesMax,
  });
}

/// The settings in the glue's form.
native.EngineSpec engineSpec(EngineConfig config) => native.EngineSpec(
  access: config.access,
  recovery: config.recovery,
  background: config.background,
  separatedBytesMin: config.separatedBytesMin,
  memoryBytesMax: config.memoryBytesMax,
  namespacesMax: config.namespacesMax,
  checkpointIdleMs: config.checkpointIdle?.inMilliseconds,
  watchEventsMax: config.watchEventsMax,
  watchBytesMax: config.watchBytesMax,
);
