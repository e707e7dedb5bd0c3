//! What a wrapper passes on as it is.

/// Methods of a [`BlobStore`](crate::blob::BlobStore) that do what those of the field `$to` do, for
/// wrappers in this workspace: `forward!(inner: list, head);`.
#[doc(hidden)]
#[macro_export]
macro_rules! forward {
    (@ get_with $to:tt) => {
        fn get_with<'a>(
            &'a self,
            key: &'a str,
            options: &'a $crate::blob::StoreGetOptions,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<$crate::blob::Object>> {
            self.$to.get_with(key, options)
        }
    };
    (@ get_range $to:tt) => {
        fn get_range<'a>(
            &'a self,
            key: &'a str,
            offset: u64,
            length: u64,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<::bytes::Bytes>> {
            self.$to.get_range(key, offset, length)
        }
    };
    (@ put_with $to:tt) => {
        fn put_with<'a>(
            &'a self,
            key: &'a str,
            bytes: ::bytes::Bytes,
            options: &'a $crate::blob::StorePutOptions,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<$crate::blob::ETag>> {
            self.$to.put_with(key, bytes, options)
        }
    };
    (@ delete $to:tt) => {
        fn delete<'a>(
            &'a self,
            key: &'a str,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<()>> {
            self.$to.delete(key)
        }
    };
    (@ delete_many $to:tt) => {
        fn delete_many<'a>(
            &'a self,
            keys: &'a [String],
        ) -> $crate::platform::BoxFuture<'a, Vec<$crate::blob::NotDeleted>> {
            self.$to.delete_many(keys)
        }
    };
    (@ list $to:tt) => {
        fn list<'a>(
            &'a self,
            prefix: &'a str,
            start_after: Option<&'a str>,
            limit: usize,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<$crate::blob::ObjectPage>> {
            self.$to.list(prefix, start_after, limit)
        }
    };
    (@ head $to:tt) => {
        fn head<'a>(
            &'a self,
            key: &'a str,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<Option<$crate::blob::ObjectMeta>>> {
            self.$to.head(key)
        }
    };
    (@ compare $to:tt) => {
        fn compare<'a>(
            &'a self,
            key: &'a str,
            bytes: ::bytes::Bytes,
        ) -> $crate::platform::BoxFuture<'a, $crate::Result<$crate::blob::Found>> {
            self.$to.compare(key, bytes)
        }
    };
    (@ confirms_puts $to:tt) => {
        fn confirms_puts(&self) -> bool {
            self.$to.confirms_puts()
        }
    };
    (@ honours_conditions $to:tt) => {
        fn honours_conditions(&self) -> bool {
            self.$to.honours_conditions()
        }
    };
    (@ identity $to:tt) => {
        fn identity(&self) -> Option<String> {
            self.$to.identity()
        }
    };
    (@ hold $to:tt) => {
        fn hold(
            &self,
            mode: $crate::blob::HoldMode,
        ) -> $crate::platform::BoxFuture<'_, $crate::Result<Option<$crate::blob::Hold>>> {
            self.$to.hold(mode)
        }
    };
    (@ flush $to:tt) => {
        fn flush(&self) -> $crate::platform::BoxFuture<'_, $crate::Result<()>> {
            self.$to.flush()
        }
    };
    (@ needs_flush $to:tt) => {
        fn needs_flush(&self) -> bool {
            self.$to.needs_flush()
        }
    };
    ($to:tt: $($method:ident),+) => {
        $($crate::forward!(@ $method $to);)+
    };
}
