/// The pictures of one vault.
library;

import 'package:flutter/foundation.dart';
import 'package:sealwood/sealwood.dart';

/// A picture on its way into the vault.
final class Upload {
  /// Its name.
  final String name;

  /// How much of it is there, from 0 to 1; null while nobody knows.
  final ValueNotifier<double?> fraction = ValueNotifier(null);

  final CancelToken _token = CancelToken();

  Upload._(this.name);

  /// Gives it up.
  void cancel() => _token.cancel();

  void _report(Progress progress) {
    final total = progress.total;
    fraction.value = total == null || total == 0 ? null : progress.done / total;
  }
}

/// The pictures of one vault, and those on their way into it.
final class Gallery extends ChangeNotifier {
  static const _directory = 'pictures';

  final Vault _vault;
  List<EntryInfo> _pictures = const [];
  final List<Upload> _uploads = [];

  /// The gallery in a vault.
  Gallery(this._vault);

  /// Opens the gallery that [passphrase] opens in [store], and makes it if there is none.
  static Future<Gallery> open(
    BlobStore store,
    String passphrase, {
    VaultConfig config = const VaultConfig(),
  }) async {
    final credential = Credential.passphrase(passphrase);
    Vault vault;
    try {
      vault = await Vault.open(store, credential, config: config);
    } on SealwoodException catch (error) {
      if (error.code != 'vault-not-found') rethrow;
      vault = await Vault.create(store, credential, config: config);
      await vault.mkdir(_directory);
    }
    final gallery = Gallery(vault);
    await gallery.refresh();
    return gallery;
  }

  /// The pictures by name.
  List<EntryInfo> get pictures => _pictures;

  /// What is being added.
  List<Upload> get uploads => List.unmodifiable(_uploads);

  /// Reads the list of pictures anew, with what other devices have added.
  Future<void> refresh() async {
    await _vault.refresh();
    final pictures = <EntryInfo>[];
    String? after;
    do {
      final page = await _vault.list(_directory, after: after);
      pictures.addAll(page.entries.where((entry) => !entry.isDirectory));
      after = page.next;
    } while (after != null);
    _pictures = pictures;
    notifyListeners();
  }

  /// Adds a picture, or replaces that of its name. A cancelled one is not added, which is no error.
  Future<void> add(String name, Uint8List bytes) async {
    final upload = Upload._(name);
    _uploads.add(upload);
    notifyListeners();
    try {
      await _vault.put(
        '$_directory/$name',
        bytes,
        contentType: 'image/png',
        cancel: upload._token,
        onProgress: upload._report,
      );
    } on SealwoodException catch (error) {
      if (error.code != 'cancelled') rethrow;
    } finally {
      _uploads.remove(upload);
      await refresh();
    }
  }

  /// The bytes of a picture.
  Future<Uint8List> load(EntryInfo picture) => _vault.get(picture.path);

  /// Removes a picture.
  Future<void> remove(EntryInfo picture) async {
    await _vault.remove(picture.path);
    await refresh();
  }

  @override
  void dispose() {
    _vault.dispose();
    super.dispose();
  }
}
