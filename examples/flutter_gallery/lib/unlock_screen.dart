/// The passphrase.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:sealwood/sealwood.dart';

import 'gallery.dart';
import 'gallery_screen.dart';

/// Opens the gallery of a passphrase.
class UnlockScreen extends StatefulWidget {
  /// Opens it.
  final Future<Gallery> Function(String passphrase) open;

  /// A screen.
  const UnlockScreen(this.open, {super.key});

  @override
  State<UnlockScreen> createState() => _UnlockScreenState();
}

class _UnlockScreenState extends State<UnlockScreen> {
  final TextEditingController _passphrase = TextEditingController();
  String? _error;
  bool _isBusy = false;

  @override
  void dispose() {
    _passphrase.dispose();
    super.dispose();
  }

  @override
  Widget build(BuildContext context) => Scaffold(
    body: Center(
      child: SizedBox(
        width: 320,
        child: TextField(
          controller: _passphrase,
          obscureText: true,
          enabled: !_isBusy,
          autofocus: true,
          decoration: InputDecoration(labelText: 'Passphrase', errorText: _error),
          onSubmitted: (text) => unawaited(_open(text)),
        ),
      ),
    ),
  );

  Future<void> _open(String passphrase) async {
    setState(() => _isBusy = true);
    try {
      final gallery = await widget.open(passphrase);
      if (!mounted) return gallery.dispose();
      await Navigator.of(
        context,
      ).pushReplacement(MaterialPageRoute<void>(builder: (_) => GalleryScreen(gallery)));
    } on SealwoodException catch (error) {
      if (!mounted) return;
      setState(() {
        _isBusy = false;
        _error = error.code == 'wrong-passphrase' ? 'Not this one' : error.message;
      });
    }
  }
}
