/// The named tensors of a weights file, in file order, decoded when asked for.
///
/// The file is held in memory for as long as the state dict lives. Everything in it counts as untrusted: a file that
/// is damaged, cut short or made to do harm gives an error, and opening one never runs code.
public struct StateDict: Sendable {
  public enum Format: String, Sendable {
    /// The archive `torch.save` has written since PyTorch 1.6.
    case torchZip = "PyTorch zip"
    /// What `torch.save` wrote before.
    case torchLegacy = "PyTorch legacy"
    case safetensors
  }

  /// One tensor as the file describes it.
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let dtype: ElementType
    public let shape: [Int]
    /// Distance in elements between neighbours along each dimension, not negative; means nothing where the size is 1.
    let strides: [Int]
    /// Where the first element lies in the file; every element is inside the file.
    let byteOffset: Int

    public var elementCount: Int { shape.reduce(1, *) }
  }

  public let format: Format
  public let entries: [Entry]
  /// The text values of a safetensors file's `__metadata__`; empty for the other formats.
  public let metadata: [String: String]
  let file: FileBytes
  private let entryIndex: [String: Int]

  /// How many times the file's size its tensors may have, each by itself: layers that share weights are one storage under some tens of
  /// names; a hostile file gives one as many as it likes, and `writeSafetensors` writes each.
  private static let maximumSharing = 64

  public var path: String { file.path }
  /// The size of the file in bytes.
  public var byteCount: Int { file.bytes.count }

  /// Reads a weights file of at most 1 GiB, whose format is told by its content.
  ///
  /// A `.pt` file may hold the tensors directly or below one of the keys `state_dict`, `model_state_dict`, `model`.
  /// Prefixes that every name carries because of a wrapper (`module.`, `_orig_mod.`) are taken off.
  public static func read(path: String) throws(TensorsError) -> StateDict {
    try StateDict(try FileBytes(reading: path))
  }

  /// Reads a weights file that is in memory already; `path` is its name in errors.
  package init(bytes: [UInt8], path: String) throws(TensorsError) {
    try self.init(FileBytes(path: path, bytes: bytes))
  }

  private init(_ file: FileBytes) throws(TensorsError) {
    guard !file.bytes.isEmpty else { throw TensorsError(path: file.path, problem: "is empty", expected: "weights") }
    if file.bytes.starts(with: ZipDirectory.localHeaderSignature) {
      self = try Self.readTorchZip(file)
    } else if file.bytes.starts(with: Self.torchLegacyMagic) {
      self = try Self.readTorchLegacy(file)
    } else if SafetensorsHeader.isPlausible(file) {
      self = try Self.readSafetensors(file)
    } else {
      throw TensorsError(
        path: file.path, problem: "is no weights file", expected: "a PyTorch .pt file or a .safetensors file")
    }
  }

  init(
    _ file: FileBytes, format: Format, entries: [Entry], metadata: [String: String] = [:]
  ) throws(TensorsError) {
    // First of all: the names of a pickle may be one text, memorised once, and what follows makes each its own.
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.name).inserted {
      throw TensorsError(path: file.path, part: "tensor \(entry.name)", problem: "occurs twice")
    }
    let limit = min(Self.maximumSharing * file.bytes.count, 2 * FileBytes.maximumByteCount)
    var byteCount = 0
    for entry in entries {
      byteCount += entry.elementCount * entry.dtype.byteCount  // each is at most the file
      guard byteCount <= limit else {
        throw TensorsError(
          path: file.path, problem: "its tensors, which share bytes, have more than \(limit) by themselves",
          expected: "at most \(Self.maximumSharing) times the file's \(file.bytes.count), and 2 GiB")
      }
    }
    self.file = file
    self.format = format
    self.metadata = metadata
    self.entries = Self.withoutWrapperPrefixes(entries)
    var index: [String: Int] = [:]
    for (position, entry) in self.entries.enumerated() { index[entry.name] = position }
    entryIndex = index
  }

  public subscript(name: String) -> Entry? { entryIndex[name].map { entries[$0] } }

  /// The tensor of that name as float32 in C order.
  public func tensor(_ name: String) throws(TensorsError) -> Tensor {
    guard let entry = self[name] else {
      throw TensorsError(path: path, part: "tensor \(name)", problem: "is not in the file")
    }
    return tensor(entry)
  }

  func tensor(_ entry: Entry) -> Tensor {
    Tensor(shape: entry.shape, values: withElements(of: entry) { entry.dtype.decode($0) })
  }

  /// Wrappers (`DataParallel`, `torch.compile`) put their own name before every parameter's, one wrapper around
  /// another too.
  private static func withoutWrapperPrefixes(_ entries: [Entry]) -> [Entry] {
    // Views: a name may be long and consist of nothing but prefixes.
    var names = entries.map { $0.name.utf8[...] }
    let prefixes = ["module.", "_orig_mod."].map(\.utf8)
    while let prefix = prefixes.first(where: { prefix in
      !names.isEmpty && names.allSatisfy { $0.starts(with: prefix) }
    }) {
      for index in names.indices { names[index] = names[index].dropFirst(prefix.count) }
    }
    return zip(entries, names).map { entry, name in
      Entry(
        name: String(Substring(name)), dtype: entry.dtype, shape: entry.shape, strides: entry.strides,
        byteOffset: entry.byteOffset)
    }
  }
}
