/// The runner of the scenarios in `conformance/scenarios`: see its README.
///
/// `scenario FILE... [--var NAME=VALUE]... [--each NAME=VALUE,VALUE...]`. The native library lies where the
/// variable SEALWOOD_LIBRARY of the environment says.
library;

import 'dart:convert';
import 'dart:io';

import 'package:sealwood/sealwood.dart';

import 'problem.dart';
import 'run.dart';

Future<void> main(List<String> arguments) async {
  final (:files, :sets) = _parse(arguments);
  await Sealwood.init(libraryPath: Platform.environment['SEALWOOD_LIBRARY']);
  var (passed, failed) = (0, 0);
  for (final variables in sets) {
    for (final file in files) {
      for (final document in _documents(file)) {
        var name = file;
        try {
          final scenario = _filled(document, variables);
          if (scenario case {'name': final String named}) name = named;
          await runScenario(_steps(scenario));
          passed += 1;
        } on Problem catch (problem) {
          stdout.writeln('failed: $name: $problem');
          failed += 1;
        }
      }
    }
  }
  final word = failed == 0 ? 'ok' : 'FAILED';
  stdout.writeln('test result: $word. $passed passed; $failed failed; 0 ignored');
  await stdout.flush();
  // What hangs in a store of the scenarios must not keep the process.
  exit(failed == 0 ? 0 : 1);
}

({List<String> files, List<Map<String, String>> sets}) _parse(List<String> arguments) {
  if (arguments.isEmpty || arguments.first != 'scenario') _usage();
  final files = <String>[];
  final variables = <String, String>{};
  MapEntry<String, String>? each;
  for (var i = 1; i < arguments.length; i++) {
    switch (arguments[i]) {
      case '--var':
        final pair = _pair(arguments, ++i);
        variables[pair.key] = pair.value;
      case '--each' when each == null:
        each = _pair(arguments, ++i);
      case final option when option.startsWith('--'):
        _usage();
      case final file:
        files.add(file);
    }
  }
  if (files.isEmpty) _usage();
  if (each == null) return (files: files, sets: [variables]);
  final values = each.value.split(',');
  return (
    files: files,
    sets: [
      for (final value in values) {...variables, each.key: value},
    ],
  );
}

MapEntry<String, String> _pair(List<String> arguments, int index) {
  if (index >= arguments.length) _usage();
  final at = arguments[index].indexOf('=');
  if (at < 0) _usage();
  return MapEntry(arguments[index].substring(0, at), arguments[index].substring(at + 1));
}

Never _usage() {
  stderr.writeln('usage: scenario FILE... [--var NAME=VALUE]... [--each NAME=VALUE,VALUE...]');
  exit(2);
}

/// The scenarios of a file.
List<Object?> _documents(String file) {
  final Object? document = jsonDecode(File(file).readAsStringSync());
  return document is List<Object?> ? document : [document];
}

List<Object?> _steps(Object? scenario) => switch (scenario) {
  {'name': String _, 'steps': final List<Object?> steps} when scenario.length == 2 => steps,
  _ => throw const Problem('a scenario has a name, steps and nothing else'),
};

/// [value] with every variable in its strings and names of members replaced.
Object? _filled(Object? value, Map<String, String> variables) => switch (value) {
  final String text => text.replaceAllMapped(
    RegExp(r'\$\{([^}]*)\}'),
    (match) => variables[match[1]] ?? (throw Problem('no variable ${match[1]}')),
  ),
  final List<Object?> items => [for (final item in items) _filled(item, variables)],
  final Map<String, Object?> members => {
    for (final MapEntry(:key, :value) in members.entries)
      _filled(key, variables)! as String: _filled(value, variables),
  },
  _ => value,
};
