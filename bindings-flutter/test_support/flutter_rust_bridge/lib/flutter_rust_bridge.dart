/// What apps and hand-written code use.
library;

export 'src/error.dart';
export 'src/task.dart' show BaseHandler, NormalTask, SyncTask;
