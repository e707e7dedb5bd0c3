/// Steps on hashes.
library;

import 'package:sealwood/sealwood.dart';

import '../content.dart';
import '../outcome.dart';
import '../problem.dart';
import '../step.dart';
import '../world.dart';
import 'spelled.dart';

/// `hash.*`, of which [verb] is the second part.
Outcome takeOnHash(World world, String verb, Step step) {
  final name = step.text('as');
  switch (verb) {
    case 'identity':
      world.hashes.set(name, LtHash.identity());
      return const Nothing();
    case 'decode':
      world.hashes.set(name, LtHash.decode(step.content('content')));
      return const Nothing();
    case 'bucketOf':
      return Value(bucketOf(step.bytes('key')));
  }
  final hash = world.hashes.get(step.needText('hash'));
  switch (verb) {
    case 'add':
      final (key, value) = (step.bytes('key'), step.bytes('value'));
      hash.add(_domain(step), key, value);
    case 'remove':
      final (key, value) = (step.bytes('key'), step.bytes('value'));
      hash.remove(_domain(step), key, value);
    case 'addBatch':
      final rows = step.rows;
      hash.addBatch(_domain(step), rows);
    case 'removeBatch':
      final rows = step.rows;
      hash.removeBatch(_domain(step), rows);
    case 'addRaw':
      hash.addRaw(step.bytes('message'));
    case 'removeRaw':
      hash.removeRaw(step.bytes('message'));
    case 'merge':
      hash.merge(world.hashes.get(step.needText('other')));
    case 'subtract':
      hash.subtract(world.hashes.get(step.needText('other')));
    case 'copy':
      world.hashes.set(name, hash.copy());
    case 'equals':
      return Value(hash.equals(world.hashes.get(step.needText('other'))));
    case 'isIdentity':
      return Value(hash.isIdentity());
    case 'encode':
      return Content(hash.encode());
    case 'checksum':
      return Value(digitsOf(hash.checksum()));
    default:
      throw Problem('nothing is called "$verb" here');
  }
  return const Nothing();
}

Domain _domain(Step step) {
  final name = step.bytes('domain');
  final secret = step.secret('secret');
  return secret == null ? Domain(name) : Domain.keyed(secret, name);
}
