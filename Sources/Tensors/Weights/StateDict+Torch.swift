extension StateDict {
  /// The pickle of the number that every non-zip file of `torch.save` begins with.
  static let torchLegacyMagic: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// Keys below which training scripts keep the tensors, the first match taken.
  private static let nestingKeys = ["state_dict", "model_state_dict", "model"]
  private static let maximumNesting = 4
  /// PyTorch's own limit.
  private static let maximumRank = 64

  /// `<root>/data.pkl` describes the tensors, `<root>/data/<key>` holds a storage, `<root>/byteorder` is "little" or
  /// absent.
  static func readTorchZip(_ file: FileBytes) throws(TensorsError) -> StateDict {
    let archive = try ZipDirectory(file)
    let suffix = "/data.pkl"
    let pickles = archive.ranges.filter { name, _ in name.hasSuffix(suffix) }
    guard pickles.count == 1, let (pickleName, pickleRange) = pickles.first else {
      throw TensorsError(
        path: file.path, problem: "the archive has \(pickles.count) entries data.pkl",
        expected: "one, as torch.save writes")
    }
    let root = pickleName.dropLast(suffix.count)
    if let range = archive.ranges["\(root)/byteorder"], !file.bytes[range].elementsEqual("little".utf8) {
      throw TensorsError(
        path: file.path, part: "entry \(root)/byteorder", problem: "the storages are not little-endian",
        expected: "little")
    }

    var cursor = ByteCursor(file, pickleRange, part: pickleName)
    let pickle = try Unpickler.read(&cursor)
    var offsets: [String: Int] = [:]
    for (key, storage) in pickle.storages {
      let part = "entry \(root)/data/\(key)"
      guard let range = archive.ranges["\(root)/data/\(key)"] else {
        throw TensorsError(path: file.path, part: part, problem: "is missing", expected: "a storage of the pickle")
      }
      let (byteCount, overflows) = storage.elementCount.multipliedReportingOverflow(by: storage.type.byteCount)
      guard !overflows, byteCount == range.count else {
        throw TensorsError(
          path: file.path, part: part, problem: "has \(range.count) bytes",
          expected: "\(storage.elementCount) \(storage.type.rawValue) elements")
      }
      offsets[key] = range.lowerBound
    }
    return try StateDict(file, format: .torchZip, entries: entries(pickle, offsets, file))
  }

  /// Five pickles (magic number, protocol, system, tensors, storage keys), then each storage as element count and
  /// elements.
  static func readTorchLegacy(_ file: FileBytes) throws(TensorsError) -> StateDict {
    var cursor = ByteCursor(file, 0..<file.bytes.count, part: "legacy file")
    try cursor.skip(torchLegacyMagic.count)
    guard case .int(1001) = try Unpickler.read(&cursor).root else {
      throw cursor.failure("unknown protocol", expected: "1001")
    }
    try checkLegacySystem(try Unpickler.read(&cursor), cursor)
    let pickle = try Unpickler.read(&cursor)
    let keys = try Unpickler.read(&cursor)
    guard case .list(let list) = keys.root else { throw cursor.failure("no list of storage keys") }

    var offsets: [String: Int] = [:]
    for value in keys.lists[list] {
      guard case .string(let key) = value, let storage = pickle.storages[key], offsets[key] == nil else {
        throw cursor.failure("the list of storage keys does not fit the tensors")
      }
      let count = try cursor.integer(Int64.self)
      guard count == storage.elementCount else {
        throw cursor.failure("storage \(key) has \(count) elements", expected: "\(storage.elementCount)")
      }
      let (byteCount, overflows) = storage.elementCount.multipliedReportingOverflow(by: storage.type.byteCount)
      guard !overflows else { throw cursor.failure("storage \(key) has \(count) elements") }
      offsets[key] = try cursor.take(byteCount).lowerBound
    }
    guard cursor.remaining == 0 else { throw cursor.failure("\(cursor.remaining) bytes follow the last storage") }
    return try StateDict(file, format: .torchLegacy, entries: entries(pickle, offsets, file))
  }

  private static func checkLegacySystem(_ system: Pickle, _ cursor: ByteCursor) throws(TensorsError) {
    guard case .dictionary(let index) = system.root,
      let item = system.dictionaries[index].first(where: { item in
        if case .string("little_endian") = item.key { true } else { false }
      }), case .bool(true) = item.value
    else { throw cursor.failure("not written on a little-endian system", expected: "little_endian = true") }
  }

  // MARK: From the pickle to entries

  /// - Parameter offsets: where each storage, whole, lies in the file.
  private static func entries(
    _ pickle: Pickle, _ offsets: [String: Int], _ file: FileBytes
  ) throws(TensorsError) -> [Entry] {
    var entries: [Entry] = []
    for (key, value) in try stateDictItems(pickle, file) {
      guard case .tensor(let index) = value else { continue }
      guard case .string(let name) = key else {
        throw TensorsError(path: file.path, problem: "a tensor's key is no text", expected: "its name")
      }
      let view = pickle.tensors[index]
      guard let storage = pickle.storages[view.storageKey], let offset = offsets[view.storageKey] else {
        throw TensorsError(path: file.path, part: "tensor \(name)", problem: "storage \(view.storageKey) is missing")
      }
      if let problem = problem(of: view, in: storage) {
        throw TensorsError(path: file.path, part: "tensor \(name)", problem: problem)
      }
      // A dimension of size 1 is never stepped along, so its stride may be anything; 0 keeps it out of all sums.
      let strides = zip(view.shape, view.strides).map { size, stride in size == 1 ? 0 : stride }
      entries.append(
        Entry(
          name: name, dtype: storage.type, shape: view.shape, strides: strides,
          byteOffset: offset + view.offset * storage.type.byteCount))
    }
    guard !entries.isEmpty else {
      throw TensorsError(
        path: file.path, problem: "holds no named tensors",
        expected: "a state dict, or one below \(nestingKeys.joined(separator: ", "))")
    }
    return entries
  }

  /// The items of the dictionary that holds the tensors: the outermost, or one below known keys.
  private static func stateDictItems(
    _ pickle: Pickle, _ file: FileBytes
  ) throws(TensorsError) -> [(key: Pickle.Value, value: Pickle.Value)] {
    var current = pickle.root
    for _ in 0...maximumNesting {
      guard case .dictionary(let index) = current else { return [] }
      let items = pickle.dictionaries[index]
      guard let nested = nestingKeys.lazy.compactMap({ dictionary(in: items, at: $0) }).first else { return items }
      current = nested
    }
    throw TensorsError(path: file.path, problem: "state dicts are nested more than \(maximumNesting) deep")
  }

  private static func dictionary(
    in items: [(key: Pickle.Value, value: Pickle.Value)], at name: String
  ) -> Pickle.Value? {
    items.first { item in
      if case .string(name) = item.key, case .dictionary = item.value { true } else { false }
    }?.value
  }

  /// What makes a view reach outside its storage, or nil when every element is inside.
  private static func problem(of view: Pickle.TensorView, in storage: Pickle.Storage) -> String? {
    let claim = "shape \(brief(view.shape)), strides \(brief(view.strides)), offset \(view.offset)"
    let place = "a storage of \(storage.elementCount) elements"
    guard view.shape.count == view.strides.count, view.shape.count <= maximumRank else {
      return "\(claim): sizes and strides do not fit each other"
    }
    guard let count = Entry.checkedElementCount(view.shape), view.strides.allSatisfy({ $0 >= 0 }) else {
      return "\(claim): negative or too large"
    }
    guard 0...storage.elementCount ~= view.offset else { return "\(claim): the offset is outside \(place)" }
    // A stride of 0 lets a few bytes claim any number of elements; no state dict needs that, so it may not cost memory.
    guard count <= storage.elementCount else { return "\(claim): \(count) elements in \(place)" }
    if count == 0 { return nil }

    var last = view.offset
    for (size, stride) in zip(view.shape, view.strides) {
      let (reach, reachOverflows) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflows) = last.addingReportingOverflow(reach)
      if reachOverflows || sumOverflows { return "\(claim): reaches outside \(place)" }
      last = sum
    }
    return last < storage.elementCount ? nil : "\(claim): reaches element \(last) of \(place)"
  }

  private static func brief(_ numbers: [Int]) -> String {
    numbers.count <= 8 ? "\(numbers)" : "of \(numbers.count) dimensions"
  }
}
