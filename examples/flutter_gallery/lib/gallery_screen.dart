/// The grid of pictures.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:sealwood/sealwood.dart';

import 'gallery.dart';
import 'picture_screen.dart';
import 'pictures.dart';
import 'thumbnail.dart';

/// Shows the pictures of a gallery, adds to them and opens them.
class GalleryScreen extends StatelessWidget {
  /// The gallery.
  final Gallery gallery;

  /// A screen.
  const GalleryScreen(this.gallery, {super.key});

  @override
  Widget build(BuildContext context) => Scaffold(
    appBar: AppBar(title: const Text('Gallery')),
    body: ListenableBuilder(listenable: gallery, builder: (context, _) => _body()),
    floatingActionButton: FloatingActionButton(
      tooltip: 'Add a picture',
      onPressed: () => unawaited(_pick(context)),
      child: const Icon(Icons.add),
    ),
  );

  Widget _body() => Column(
    children: [
      for (final upload in gallery.uploads) _UploadBar(upload),
      Expanded(child: gallery.pictures.isEmpty ? _empty : _grid),
    ],
  );

  Widget get _empty => const Center(child: Text('No pictures yet'));

  Widget get _grid => GridView.builder(
    padding: const EdgeInsets.all(4),
    gridDelegate: const SliverGridDelegateWithMaxCrossAxisExtent(
      maxCrossAxisExtent: 180,
      mainAxisSpacing: 4,
      crossAxisSpacing: 4,
    ),
    itemCount: gallery.pictures.length,
    itemBuilder: (context, index) {
      final picture = gallery.pictures[index];
      return InkWell(
        key: ValueKey(picture.name),
        onTap: () => unawaited(_open(context, picture)),
        child: Thumbnail(gallery, picture),
      );
    },
  );

  Future<void> _open(BuildContext context, EntryInfo picture) => Navigator.of(
    context,
  ).push(MaterialPageRoute<void>(builder: (_) => PictureScreen(gallery, picture)));

  Future<void> _pick(BuildContext context) async {
    final assets = DefaultAssetBundle.of(context);
    final messages = ScaffoldMessenger.of(context);
    final name = await showModalBottomSheet<String>(
      context: context,
      builder: (context) => ListView(
        shrinkWrap: true,
        children: [
          for (final name in bundledPictures)
            ListTile(title: Text(name), onTap: () => Navigator.of(context).pop(name)),
        ],
      ),
    );
    if (name == null) return;
    try {
      await gallery.add(name, await loadBundled(assets, name));
    } on SealwoodException catch (error) {
      messages.showSnackBar(SnackBar(content: Text('Not added: ${error.message}')));
    }
  }
}

class _UploadBar extends StatelessWidget {
  final Upload upload;

  const _UploadBar(this.upload);

  @override
  Widget build(BuildContext context) => ListTile(
    title: Text(upload.name),
    subtitle: ValueListenableBuilder(
      valueListenable: upload.fraction,
      builder: (context, fraction, _) => LinearProgressIndicator(value: fraction),
    ),
    trailing: IconButton(
      tooltip: 'Cancel',
      icon: const Icon(Icons.close),
      onPressed: upload.cancel,
    ),
  );
}
