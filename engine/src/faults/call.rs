//! What was asked of the disk.

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// [`Disk::open`](crate::disk::Disk::open) of a file that is to be there.
    Open,
    /// [`Disk::open`](crate::disk::Disk::open) of a new file.
    Create,
    /// [`DiskFile::read_at`](crate::disk::DiskFile::read_at).
    ReadAt,
    /// [`DiskFile::write_at`](crate::disk::DiskFile::write_at).
    WriteAt,
    /// [`DiskFile::append`](crate::disk::DiskFile::append).
    Append,
    /// [`DiskFile::set_len`](crate::disk::DiskFile::set_len).
    SetLen,
    /// [`DiskFile::sync`](crate::disk::DiskFile::sync).
    Sync,
    /// [`Disk::rename`](crate::disk::Disk::rename).
    Rename,
    /// [`Disk::remove`](crate::disk::Disk::remove).
    Remove,
    /// [`Disk::list`](crate::disk::Disk::list).
    List,
    /// [`Disk::create_dir`](crate::disk::Disk::create_dir).
    CreateDir,
    /// [`Disk::sync_dir`](crate::disk::Disk::sync_dir).
    SyncDir,
    /// [`Disk::lock`](crate::disk::Disk::lock).
    Lock,
    /// [`Disk::free_bytes`](crate::disk::Disk::free_bytes).
    FreeBytes,
}

impl Operation {
    /// Every kind of call.
    pub const ALL: [Operation; 14] = [
        Operation::Open,
        Operation::Create,
        Operation::ReadAt,
        Operation::WriteAt,
        Operation::Append,
        Operation::SetLen,
        Operation::Sync,
        Operation::Rename,
        Operation::Remove,
        Operation::List,
        Operation::CreateDir,
        Operation::SyncDir,
        Operation::Lock,
        Operation::FreeBytes,
    ];

    /// Whether a power cut just before such a call can leave another disk than one just after it.
    pub fn is_change(self) -> bool {
        !matches!(
            self,
            Operation::Open
                | Operation::ReadAt
                | Operation::List
                | Operation::Lock
                | Operation::FreeBytes
        )
    }
}

/// One call of the trace. The size of a file can be asked for without leaving a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which call it was, counted from 1 since the disk was made.
    pub number: u64,
    /// What was asked.
    pub operation: Operation,
    /// The file, under the name it was opened by, or the directory; of a rename the former name.
    pub name: String,
    /// Of a rename the new name.
    pub to: Option<String>,
    /// Where a read or write begins, in bytes; otherwise 0.
    pub offset: u64,
    /// How many bytes are read or written, or the length to set; otherwise 0.
    pub len: u64,
    /// Whether an armed fault struck it.
    pub is_struck: bool,
}

impl Call {
    /// Whether a power cut can fall behind it and matter: [`Operation::is_change`].
    pub fn is_change(&self) -> bool {
        self.operation.is_change()
    }

    /// A call that is yet to be numbered.
    pub(super) fn new(operation: Operation, name: &str) -> Self {
        let name = name.to_owned();
        Self { number: 0, operation, name, to: None, offset: 0, len: 0, is_struck: false }
    }

    pub(super) fn to(mut self, name: &str) -> Self {
        self.to = Some(name.to_owned());
        self
    }

    pub(super) fn at(mut self, offset: u64, len: u64) -> Self {
        self.offset = offset;
        self.len = len;
        self
    }
}
