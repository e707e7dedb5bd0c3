/// A picture of the vault.
library;

import 'dart:typed_data';

import 'package:flutter/material.dart';
import 'package:sealwood/sealwood.dart';

import 'gallery.dart';

/// A picture, read from the vault when it is first shown.
class Thumbnail extends StatefulWidget {
  /// Where it is read from.
  final Gallery gallery;

  /// Which.
  final EntryInfo picture;

  /// How it fills its place.
  final BoxFit fit;

  /// A picture.
  const Thumbnail(this.gallery, this.picture, {super.key, this.fit = BoxFit.cover});

  @override
  State<Thumbnail> createState() => _ThumbnailState();
}

class _ThumbnailState extends State<Thumbnail> {
  late Future<Uint8List> _bytes = widget.gallery.load(widget.picture);

  @override
  void didUpdateWidget(Thumbnail old) {
    super.didUpdateWidget(old);
    final (before, now) = (old.picture, widget.picture);
    if (before.path != now.path || before.modifiedMs != now.modifiedMs) {
      _bytes = widget.gallery.load(now);
    }
  }

  @override
  Widget build(BuildContext context) => FutureBuilder(
    future: _bytes,
    builder: (context, snapshot) => switch (snapshot) {
      AsyncSnapshot(:final data?) => Image.memory(
        data,
        fit: widget.fit,
        semanticLabel: widget.picture.name,
        gaplessPlayback: true,
      ),
      AsyncSnapshot(hasError: true) => const Center(child: Icon(Icons.broken_image_outlined)),
      _ => const Center(child: CircularProgressIndicator()),
    },
  );
}
