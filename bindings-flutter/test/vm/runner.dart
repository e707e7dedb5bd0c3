/// The runner of scenarios notices what a scenario gets wrong.
library;

import '../scenario/problem.dart';
import '../scenario/run.dart';
import 'harness.dart';

const _store = {'do': 'store', 'as': 's'};
const _create = {'do': 'create', 'store': 's', 'as': 'v', 'secret': 1};
const _put = {
  'do': 'put',
  'vault': 'v',
  'path': 'x',
  'content': {'text': 'a'},
};

void runner() {
  test('a scenario that holds, holds', () async {
    await runScenario([
      _store,
      _create,
      {
        ..._put,
        'expect': {'size': 1, 'contentType': null},
      },
      {
        'do': 'get',
        'vault': 'v',
        'path': 'x',
        'expect': {'hex': '61'},
      },
    ]);
  });

  final wrong = <String, List<Map<String, Object?>>>{
    'step 3 (get): failed with not-found': [
      _create,
      {'do': 'get', 'vault': 'v', 'path': 'x'},
    ],
    'step 3 (put): size: expected 2, came 1': [
      _create,
      {
        ..._put,
        'expect': {'size': 2},
      },
    ],
    'step 3 (put): expected the error': [
      _create,
      {
        ..._put,
        'error': {'code': 'closed'},
      },
    ],
    'step 4 (get): expected wrong-key, came not-found': [
      _create,
      _put,
      {
        'do': 'get',
        'vault': 'v',
        'path': 'y',
        'error': {'code': 'wrong-key'},
      },
    ],
    'step 3 (put): unknown member "colour"': [
      _create,
      {..._put, 'colour': 'red'},
    ],
    'step 2 (create): unknown member "salt"': [
      {
        ..._create,
        'kdf': {'salt': 1},
      },
    ],
    'step 3 (paint): nothing is called "paint" here': [
      _create,
      {'do': 'paint', 'vault': 'v', 'path': 'x'},
    ],
    'step 2 (put): no vault is called "v"': [_put],
    'the task "t" was never awaited': [
      _create,
      {..._put, 'background': 't'},
    ],
  };
  for (final MapEntry(key: problem, value: steps) in wrong.entries) {
    test('the runner says: $problem', () async {
      try {
        await runScenario([_store, ...steps]);
      } on Problem catch (came) {
        return check(came.what.startsWith(problem), 'it says: $came');
      }
      throw const Unexpected('it says nothing');
    });
  }
}
