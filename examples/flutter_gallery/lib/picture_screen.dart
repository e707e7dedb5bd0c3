/// One picture.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:sealwood/sealwood.dart';

import 'gallery.dart';
import 'thumbnail.dart';

/// Shows a picture as large as the screen, and removes it.
class PictureScreen extends StatelessWidget {
  /// The gallery.
  final Gallery gallery;

  /// The picture.
  final EntryInfo picture;

  /// A screen.
  const PictureScreen(this.gallery, this.picture, {super.key});

  @override
  Widget build(BuildContext context) => Scaffold(
    appBar: AppBar(
      title: Text(picture.name),
      actions: [
        IconButton(
          tooltip: 'Delete',
          icon: const Icon(Icons.delete_outline),
          onPressed: () => unawaited(_delete(context)),
        ),
      ],
    ),
    body: Center(child: Thumbnail(gallery, picture, fit: BoxFit.contain)),
  );

  Future<void> _delete(BuildContext context) async {
    final navigator = Navigator.of(context);
    final messages = ScaffoldMessenger.of(context);
    try {
      await gallery.remove(picture);
      navigator.pop();
    } on SealwoodException catch (error) {
      messages.showSnackBar(SnackBar(content: Text('Not deleted: ${error.message}')));
    }
  }
}
