/// What generated members are marked with.
library;

/// Not for apps.
const Object internal = _Mark();

/// Not for other classes.
const Object protected = _Mark();

/// Not for other packages to extend.
const Object sealed = _Mark();

final class _Mark {
  const _Mark();
}
