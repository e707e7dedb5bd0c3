/// Hashes, domains and partitions.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../harness.dart';
import 'engines.dart';

void hashes() {
  test('hashes are compared by their rows', () async {
    final users = Domain(bytes('users'));
    final one = LtHash()
      ..add(users, bytes('ada'), bytes('1815'))
      ..add(users, bytes('grace'), bytes('1906'));
    final other = LtHash.identity()
      ..addBatch(users, [(bytes('grace'), bytes('1906')), (bytes('ada'), bytes('1815'))]);
    check(one == other && one.equals(other), 'they differ');
    expect(one.hashCode, other.hashCode);
    expect({one, other}.length, 1);
    check(LtHash.decode(one.encode()) == one, 'it is not what was encoded');
    expect(one.checksum(), other.checksum());
    final copy = one.copy()..removeBatch(users, [(bytes('ada'), bytes('1815'))]);
    check(copy != one, 'the copy is the same');
    one
      ..subtract(copy)
      ..remove(users, bytes('ada'), bytes('1815'));
    check(one.isIdentity(), 'there are rows left');
    one.merge(one);
    check(one == LtHash(), 'it is not that of no rows');
    final keyed = Domain.keyed(Uint8List(32), bytes('users'));
    check(keyed.isKeyed && !users.isKeyed, 'it is not known which has a secret');
    expect(keyed.name, bytes('users'));
    check(
      (LtHash()..add(keyed, bytes('ada'), bytes('1815'))) !=
          (LtHash()..add(users, bytes('ada'), bytes('1815'))),
      'a secret makes no difference',
    );
  });

  test('wrong sizes of hashes are refused, and disposed ones are closed', () async {
    for (final size in [0, 2047, 2049]) {
      await expectError('hash-length', () => LtHash.decode(Uint8List(size)));
    }
    await expectError('domain-length', () => Domain(Uint8List(256)));
    await expectError('invalid-argument', () => Domain.keyed(Uint8List(31), bytes('a')));
    await expectError('invalid-argument', () => PartitionedLtHash.keyed(Uint8List(33)));
    await expectError('invalid-argument', () => LtHash().addRaw(Uint8List(0x7fffffff)));
    final domain = Domain(bytes('a'));
    final (hash, other) = (LtHash(), LtHash());
    domain.dispose();
    await expectError('closed', () => domain.name);
    await expectError('closed', () => hash.add(domain, Uint8List(0), Uint8List(0)));
    hash.dispose();
    await expectError('closed', hash.encode);
    await expectError('closed', () => other.merge(hash));
    await expectError('closed', () => other == hash);
    check(hash == hash, 'it is not itself');
    final partitions = PartitionedLtHash()..dispose();
    await expectError('closed', partitions.names);
  });

  test('partitions follow changes, are stored and taken up, and say where they differ', () async {
    final ours = PartitionedLtHash()
      ..create(bytes('users'), Detail.buckets)
      ..apply(bytes('users'), [
        RowChange(bytes('ada'), after: bytes('1815')),
        RowChange(bytes('grace'), after: bytes('1906')),
      ]);
    final users = ours.partition(bytes('users'))!;
    expect([users.rows, users.bytes, users.state], [2, 16, PartitionState.valid]);
    final theirs = PartitionedLtHash();
    expect(theirs.restore(bytes('users'), users.encode(7)), 7);
    expect(ours.differences(theirs), <Difference>[]);
    expect(ours.checksum(), theirs.checksum());
    theirs.apply(bytes('users'), [
      RowChange(bytes('ada'), before: bytes('1815'), after: bytes('1816')),
    ]);
    final difference = ours.differences(theirs).single;
    expect(
      [difference.partition, difference.place, difference.buckets],
      [
        bytes('users'),
        DifferencePlace.buckets,
        [bucketOf(bytes('ada'))],
      ],
    );
    expect([users.rows, ours.partition(bytes('nobody'))], [2, null]);
    await expectError('partition-exists', () => ours.create(bytes('users'), Detail.whole));
    await expectError('invalid-argument', () => ours.forget(bytes('nobody')));
    await expectError('invalid-argument', () => users.encode(-1));
    await expectError('no-such-row', () {
      return ours.apply(bytes('users'), [
        for (var row = 0; row < 3; row++) RowChange(keyOf(row), before: bytes('$row')),
      ]);
    });
    ours.beginBackfill(bytes('users'), Detail.whole);
    await expectError('state-not-valid', ours.hash);
    ours.backfill(bytes('users'), [(bytes('ada'), bytes('1815'))]);
    expect(ours.partition(bytes('users'))!.cursor, bytes('ada'));
    await expectError('rows-not-ascending', () {
      return ours.backfill(bytes('users'), [(bytes('a'), bytes('1'))]);
    });
    ours.finishBackfill(bytes('users'));
    check(ours.hash() == ours.partition(bytes('users'))!.hash(), 'the sum is another');
    check(ours.remove(bytes('users')) && !ours.remove(bytes('users')), 'it is still there');
    expect(ours.names(), <Uint8List>[]);
  });
}
