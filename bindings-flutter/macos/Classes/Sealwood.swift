// A framework has to have a source; what it is for is the native library linked into it.
