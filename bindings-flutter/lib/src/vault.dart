/// An open vault.
library;

import 'dart:typed_data';

import 'batch.dart';
import 'call.dart';
import 'entry.dart';
import 'error.dart';
import 'generated/api/new_vault.dart' as native;
import 'generated/api/tree.dart' as native;
import 'generated/api/vault.dart' as native;
import 'handle.dart';
import 'input.dart';
import 'snapshot.dart';
import 'store.dart';
import 'stream.dart' as stream;
import 'tree.dart';

/// An encrypted tree of files and directories in a store.
///
/// Paths are segments joined by `/`; a leading slash makes no difference. Every change is durable when its
/// future completes, unless it was put `deferred`. Methods may run side by side.
final class Vault extends Handle<native.Vault> with Tree {
  final native.Tree _tree;

  Vault._(super.native) : _tree = native.tree();

  /// How the library reads it. Not for apps.
  @override
  native.Tree get reader => isDisposed ? throw const SealwoodException.closed() : _tree;

  @override
  void dispose() {
    if (!isDisposed) _tree.dispose();
    super.dispose();
  }

  /// Draws up a new vault: its secret, its id and, with a passphrase, the wrapped secret. Nothing is stored
  /// before [NewVault.create], so that its words can be shown or kept first.
  static Future<NewVault> prepare(
    Credential credential, {
    VaultConfig config = const VaultConfig(),
    CancelToken? cancel,
  }) => run(cancel, null, (call) async {
    final prepared = await native.NewVault.prepare(
      credential: credentialSpec(credential),
      config: configSpec(config),
      call: call,
    );
    return NewVault._(prepared);
  });

  /// Makes a new vault in an empty store. It opens by the credential alone: it has no recovery words.
  /// Else the same as [prepare] and [NewVault.create] in one.
  static Future<Vault> create(
    BlobStore store,
    Credential credential, {
    VaultConfig config = const VaultConfig(),
    CancelToken? cancel,
  }) => run(cancel, null, (call) async {
    final vault = await native.Vault.create(
      store: store.inner,
      credential: credentialSpec(credential),
      config: configSpec(config),
      call: call,
    );
    return Vault._(vault);
  });

  /// Opens the vault in [store]. Fails with `vault-not-found`, `wrong-key`, `wrong-passphrase` or
  /// `passphrase-too-costly`.
  static Future<Vault> open(
    BlobStore store,
    Credential credential, {
    VaultConfig config = const VaultConfig(),
    CancelToken? cancel,
  }) => run(cancel, null, (call) async {
    final vault = await native.Vault.open(
      store: store.inner,
      credential: credentialSpec(credential),
      config: configSpec(config),
      call: call,
    );
    return Vault._(vault);
  });

  /// Creates or replaces the file at [path], with its parent directories. A [deferred] put is durable after
  /// the next [flush].
  Future<EntryInfo> put(
    String path,
    Uint8List bytes, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
    bool deferred = false,
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => run(cancel, onProgress, (call) async {
    final entry = await inner.put(
      path: path,
      bytes: whole(bytes),
      spec: putSpec(
        contentType: contentType,
        metadata: metadata,
        modifiedMs: modifiedMs,
        deferred: deferred,
      ),
      call: call,
    );
    return entryOf(entry);
  });

  /// Creates or replaces the file at [path] from [source], of any length, in bounded memory. An error of the
  /// source ends the put with `source-failed`. A [sizeHint] lets progress know its total.
  Future<EntryInfo> putStream(
    String path,
    Stream<List<int>> source, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
    bool deferred = false,
    int? sizeHint,
    CancelToken? cancel,
    OnProgress? onProgress,
  }) => stream.putFrom(source, cancel, onProgress, (source, call) async {
    final entry = await inner.putStream(
      path: path,
      next: source.next,
      spec: putSpec(
        contentType: contentType,
        metadata: metadata,
        modifiedMs: modifiedMs,
        deferred: deferred,
        sizeHint: sizeHint,
      ),
      call: call,
    );
    return entryOf(entry);
  });

  /// Makes the directory at [path] and its parents, unless they exist.
  Future<void> mkdir(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.mkdir(path: path, call: call));

  /// Removes the file or empty directory at [path].
  Future<void> remove(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.remove(path: path, call: call));

  /// Removes what is at [path] with all below it, in one commit.
  Future<void> removeAll(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.removeAll(path: path, call: call));

  /// Moves a file or a whole directory in one commit. A file replaces a file, a directory an empty directory.
  Future<void> rename(String from, String to, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.rename(from: from, to: to, call: call));

  /// Copies a file or a whole directory in one commit; no content is sent again.
  Future<void> copy(String from, String to, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.copy(from: from, to: to, call: call));

  /// Replaces the metadata of the entry at [path]; its content stays.
  Future<void> setMetadata(
    String path, {
    String? contentType,
    Map<String, String> metadata = const {},
    int? modifiedMs,
    CancelToken? cancel,
  }) => run(
    cancel,
    null,
    (call) => inner.setMetadata(
      path: path,
      spec: putSpec(contentType: contentType, metadata: metadata, modifiedMs: modifiedMs),
      call: call,
    ),
  );

  /// Makes every deferred change durable. On failure they stay pending.
  Future<void> flush({CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) => inner.flush(call: call));

  /// Whether deferred changes wait for a [flush].
  bool get needsFlush => guardSync(() => inner.needsFlush());

  /// Looks for other writers' commits. Fails with `rollback` or `fork` if the store serves a state that does
  /// not follow the last one.
  Future<void> refresh({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.refresh(call: call));

  /// A batch: changes that are committed together or not at all.
  Batch batch() => guardSync(() => Batch.of(inner.batch()));

  /// The state of the whole vault at this moment.
  Future<Snapshot> snapshot({CancelToken? cancel}) =>
      run(cancel, null, (call) async => Snapshot.of(await inner.snapshot(call: call)));

  /// The link of the directory at [path], or null if it is empty. Commits what is pending. Whoever has the
  /// link can read the directory as it is now with all below it: treat it as a secret.
  Future<Uint8List?> link(String path, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.link(path: path, call: call));

  /// How the vault stands, and what this session has written.
  VaultStats stats() => guardSync(() => statsOf(inner.stats()));

  /// Commits what is pending and refuses further calls. [dispose] releases the memory.
  Future<void> close({CancelToken? cancel}) => run(cancel, null, (call) => inner.close(call: call));
}

/// A new vault before its first byte is stored, from [Vault.prepare]. Show or keep its words, then [create] it:
/// there is never a vault whose words nobody was shown.
final class NewVault extends Handle<native.NewVault> {
  NewVault._(super.native);

  /// 24 words that will open the vault, too, if they are asked for before it is made; they are not to be had again.
  String recoveryPhrase() => guardSync(() => inner.recoveryPhrase());

  /// Stores the vault in [store], which must hold none. Fails with `vault-exists` if it holds another. After
  /// `store-unavailable`, `outcome-unknown` or `cancelled` the vault may be there: called again, this knows it
  /// again and opens it.
  Future<Vault> create(BlobStore store, {CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async => Vault._(await inner.create(store: store.inner, call: call)),
  );
}
