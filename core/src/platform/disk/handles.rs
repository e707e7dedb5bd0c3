//! A bounded set of open handles.
