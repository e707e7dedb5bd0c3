/// A gallery whose pictures nobody but its owner sees.
library;

import 'dart:io';

import 'package:flutter/material.dart';
import 'package:sealwood/sealwood.dart';

import 'gallery.dart';
import 'unlock_screen.dart';

Future<void> main() async {
  WidgetsFlutterBinding.ensureInitialized();
  await Sealwood.init();
  final store = await BlobStore.local('${Directory.systemTemp.path}/sealwood-gallery');
  runApp(GalleryApp((passphrase) => Gallery.open(store, passphrase)));
}

/// The app.
class GalleryApp extends StatelessWidget {
  /// Opens the gallery of a passphrase.
  final Future<Gallery> Function(String passphrase) open;

  /// An app.
  const GalleryApp(this.open, {super.key});

  @override
  Widget build(BuildContext context) => MaterialApp(
    title: 'Gallery',
    theme: ThemeData(colorSchemeSeed: Colors.teal, splashFactory: InkRipple.splashFactory),
    home: UnlockScreen(open),
  );
}
