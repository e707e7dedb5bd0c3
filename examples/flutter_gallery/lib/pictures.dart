/// The pictures that come with the app.
library;

import 'package:flutter/services.dart';

/// Their names.
const bundledPictures = ['dunes.png', 'forest.png', 'lake.png', 'sunset.png'];

/// The bytes of one of them.
Future<Uint8List> loadBundled(AssetBundle assets, String name) async {
  final data = await assets.load('assets/$name');
  return Uint8List.sublistView(data);
}
