/// A vault or a shared directory as it was at one moment.
library;

import 'dart:typed_data';

import 'error.dart';
import 'generated/api/tree.dart' as native;
import 'handle.dart';
import 'store.dart';
import 'tree.dart';

/// A vault or a shared directory as it was at one moment. Later changes do not touch it.
final class Snapshot extends Handle<native.Tree> with Tree {
  /// For the vault.
  Snapshot.of(super.native);

  /// How the library reads it. Not for apps.
  @override
  native.Tree get reader => inner;
}

/// Directories that were shared by a link.
abstract final class SharedDirectory {
  /// Opens the directory that [link], of `Vault.link`, names: its paths start there. Whoever has the link can
  /// read it, and read access to the store is enough.
  static Snapshot open(BlobStore store, Uint8List link) =>
      guardSync(() => Snapshot.of(native.Tree.openShared(store: store.inner, link: link)));
}
