import Tensors
import Testing

@Suite("PyTorch files of every kind")
struct TorchFileTests {
  static let floats: [Float] = [1, 2, 3, 4]
  static let storage = floats.flatMap { TorchFile.le($0.bitPattern) }
  static let vector = TorchFile.tensor(count: 4, shape: [4], strides: [1])

  func read(_ pickle: [UInt8], storage: [UInt8] = storage) throws(TensorsError) -> StateDict {
    try StateDict(bytes: TorchFile.zip(pickle: pickle, storages: ["0": storage]), path: "w.pt")
  }

  func read(items: [(String, [UInt8])], storage: [UInt8] = storage) throws(TensorsError) -> StateDict {
    try read(TorchFile.pickle(TorchFile.dictionary(items)), storage: storage)
  }

  // MARK: What is accepted

  @Test(
    "tensors are found below the usual keys, one key in another too",
    arguments: [
      ["state_dict"], ["model_state_dict"], ["model"], ["model", "state_dict"],
    ])
  func nested(keys: [String]) throws {
    var pickle = TorchFile.dictionary([("a", Self.vector), ("epoch", TorchFile.integer(3))])
    for key in keys.reversed() { pickle = TorchFile.dictionary([("note", TorchFile.text("x")), (key, pickle)]) }
    let weights = try read(TorchFile.pickle(pickle))
    #expect(weights.entries.map(\.name) == ["a"])
    #expect(try weights.tensor("a") == Tensor(shape: [4], values: Self.floats))
  }

  @Test("prefixes that wrappers put before every name are taken off")
  func prefixes() throws {
    let names = ["module._orig_mod.module.a", "module._orig_mod.module.module_b"]
    #expect(try read(items: names.map { ($0, Self.vector) }).entries.map(\.name) == ["a", "module_b"])
    let mixed = ["module.a", "b"]
    #expect(try read(items: mixed.map { ($0, Self.vector) }).entries.map(\.name) == mixed)
  }

  @Test(
    "every storage type decodes",
    arguments: [
      ("DoubleStorage", "float64", [1.5, -2].flatMap { TorchFile.le($0.bitPattern) }, [1.5, -2]),
      ("FloatStorage", "float32", [Float(1.5), -2].flatMap { TorchFile.le($0.bitPattern) }, [1.5, -2]),
      ("HalfStorage", "float16", TorchFile.le(UInt16(0x3E00)) + TorchFile.le(UInt16(0xC000)), [1.5, -2]),
      ("BFloat16Storage", "bfloat16", TorchFile.le(UInt16(0x3FC0)) + TorchFile.le(UInt16(0xC000)), [1.5, -2]),
      ("LongStorage", "int64", [1 << 40, -2].flatMap { TorchFile.le(Int64($0)) }, [0x1p40, -2]),
      ("IntStorage", "int32", [70000, -2].flatMap { TorchFile.le(Int32($0)) }, [70000, -2]),
      ("ShortStorage", "int16", [300, -2].flatMap { TorchFile.le(Int16($0)) }, [300, -2]),
      ("CharStorage", "int8", [5, 0xFE], [5, -2]),
      ("ByteStorage", "uint8", [5, 0xFE], [5, 254]),
      ("BoolStorage", "bool", [0, 1], [0, 1]),
    ] as [(String, String, [UInt8], [Float])])
  func types(storageType: String, dtype: String, bytes: [UInt8], values: [Float]) throws {
    let tensor = TorchFile.tensor(type: storageType, count: 2, shape: [2], strides: [1])
    let weights = try read(items: [("a", tensor)], storage: bytes)
    #expect(weights.entries[0].dtype.rawValue == dtype)
    #expect(try weights.tensor("a").values == values)
    // Non-contiguous: the two elements twice over, as columns of a transposed view.
    let columns = TorchFile.tensor(type: storageType, count: 4, shape: [2, 2], strides: [1, 2])
    let transposed = try read(items: [("a", columns)], storage: bytes + bytes).tensor("a")
    #expect(transposed.values == [values[0], values[0], values[1], values[1]])
  }

  @Test("strides and offsets of three dimensions are applied")
  func strides() throws {
    let values = (0..<30).map(Float.init)
    let tensor = TorchFile.tensor(count: 30, offset: 2, shape: [2, 3, 2], strides: [1, 8, 3])
    let weights = try read(items: [("a", tensor)], storage: values.flatMap { TorchFile.le($0.bitPattern) })
    #expect(try weights.tensor("a").values == [2, 5, 10, 13, 18, 21, 3, 6, 11, 14, 19, 22])
  }

  @Test("a stride that is never stepped along may have any value")
  func strideOfSizeOne() throws {
    let tensor = TorchFile.tensor(count: 4, shape: [2, 1, 2], strides: [1, .max, 2])
    #expect(try read(items: [("a", tensor)]).tensor("a").values == [1, 3, 2, 4])
  }

  @Test("a tensor without elements may have any other size")
  func emptyTensor() throws {
    let tensor = TorchFile.tensor(count: 4, offset: 4, shape: [0, .max, 2], strides: [7, .max, 1])
    #expect(try read(items: [("a", tensor)]).tensor("a") == Tensor(shape: [0, .max, 2], values: []))
  }

  @Test("protocol 4 is read: frames, short texts, memoised values, globals from the stack")
  func protocol4() throws {
    func short(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) + [0x94] }
    var body = Array("}".utf8) + [0x94] + short("a")
    body += short("torch._utils") + short("_rebuild_tensor_v2") + [0x93, 0x94] + Array("((".utf8) + short("storage")
    body += short("torch") + short("FloatStorage") + [0x93] + short("0") + short("cpu") + Array("K".utf8) + [4]
    body += Array("tQK\0".utf8) + TorchFile.tuple([TorchFile.integer(4)]) + TorchFile.tuple([TorchFile.integer(1)])
    body += [0x89] + short("collections") + short("OrderedDict") + [0x93] + Array(")RtR".utf8)
    // The first memoised text, "a", is number 1; it serves as a plain value here.
    body += Array("s".utf8) + short("b") + Array("h".utf8) + [1] + Array("s.".utf8)
    let pickle = [0x80, 4, 0x95] + TorchFile.le(UInt64(body.count)) + body
    #expect(try read(pickle).tensor("a").values == Self.floats)
  }

  @Test("a zip64 archive is read")
  func zip64() throws {
    let pickle = TorchFile.pickle(TorchFile.dictionary([("a", Self.vector)]))
    let entries = [("archive/data.pkl", pickle), ("archive/data/0", Self.storage)]
    let file = TorchFile.zip(entries, usesZip64: true)
    #expect(try StateDict(bytes: file, path: "w.pt").tensor("a").values == Self.floats)
  }

  // MARK: What is refused

  func expectError(_ message: String, _ body: () throws -> Void) throws {
    let error = try #require(throws: TensorsError.self) { try body() }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test(
    "a pickle that misuses opcodes is refused, with the byte",
    arguments: [
      ("0.", "byte 2: opcode 0x30 is not allowed"),
      ("(i", "byte 3: opcode 0x69 is not allowed"),
      (".", "byte 2: the pickle ends with 0 values"),
      ("NN.", "byte 4: the pickle ends with 2 values"),
      ("N(.", "byte 4: the pickle ends with 1 values and 1 open marks"),
      ("t.", "byte 2: there is no open mark"),
      ("N(a.", "byte 4: the opcode needs 1 values, the stack has 0"),
      ("}(Ns.", "byte 5: the opcode needs 2 values, the stack has 1"),
      ("}(Nu.", "byte 5: a key has no value"),
      ("NNNs.", "byte 5: items are set on something else than a dictionary"),
      ("}Na.", "byte 4: values are appended to something else than a list"),
      ("h\u{5}.", "byte 2: nothing was memorised as 5"),
      ("q\u{5}.", "byte 2: the stack is empty"),
      ("(q\u{5}.", "byte 3: the stack is empty"),
      ("N)R.", "byte 4: calls something else than an allowed global"),
      ("NQ.", "byte 3: not the id of a storage"),
      ("]}b.", "byte 4: attributes are set on something else than a dictionary"),
      ("ccollections\nOrderedDict\nN\u{5}.", "byte 28: opcode 0x5 is not allowed"),
      ("ctorch\nFloatStorage\n)R.", "calls a storage type"),
      ("ctorch\nload\n)R.", "the global torch.load is not allowed"),
      ("ctorch._utils\n_rebuild_tensor_v2\n)R.", "a tensor is not built from storage"),
      ("ctorch._utils\n_rebuild_parameter\n)R.", "a parameter is not built from a tensor"),
      ("cos", "truncated: a line has no end"),
      ("X\u{7F}\u{7F}\u{7F}\u{7F}a", "truncated: 2139062143 bytes are announced, 1 are left"),
      ("K", "truncated"),
      ("N", "truncated"),
    ])
  func misuse(body: String, message: String) throws {
    try expectError(message) { _ = try read([0x80, 2] + Array(body.utf8)) }
  }

  @Test("a pickle of another protocol is refused")
  func protocolVersion() throws {
    try expectError("pickle protocol 6") { _ = try read([0x80, 6] + Array("N.".utf8)) }
    try expectError("does not begin with a protocol number") { _ = try read(Array("(dp0\n.".utf8)) }
    try expectError("byte 2: the opcode is out of place") { _ = try read([0x80, 2, 0x80, 2] + Array("N.".utf8)) }
  }

  @Test(
    "a view that does not fit its storage is refused, with the tensor",
    arguments: [
      ([4], [1], 1, "reaches element 4 of a storage of 4"),
      ([4], [2], 0, "reaches element 6"),
      ([4], [1], -1, "the offset is outside"),
      ([4], [1], 5, "the offset is outside"),
      ([1], [1], 4, "reaches element 4"),
      ([4], [-1], 3, "negative or too large"),
      ([-1], [1], 0, "negative or too large"),
      ([1 << 40, 1 << 40], [0, 0], 0, "negative or too large"),
      ([1 << 40], [0], 0, "1099511627776 elements in a storage of 4"),
      ([2, 2], [.max, 1], 1, "reaches outside a storage of 4"),
      ([3], [.max], 0, "reaches outside a storage of 4"),
      ([2, 2], [1], 0, "sizes and strides do not fit each other"),
      ([Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65), 0, "of 65 dimensions"),
    ] as [([Int], [Int], Int, String)])
  func views(shape: [Int], strides: [Int], offset: Int, message: String) throws {
    let tensor = TorchFile.tensor(count: 4, offset: offset, shape: shape, strides: strides)
    try expectError("w.pt: tensor net.a: shape") { _ = try read(items: [("net.a", tensor)]) }
    try expectError(message) { _ = try read(items: [("net.a", tensor)]) }
  }

  @Test("a storage whose claimed size overflows or is negative is refused")
  func storageSize() throws {
    for count in [Int.max, -1] {
      let tensor = TorchFile.tensor(count: count, shape: [1], strides: [1])
      #expect(throws: TensorsError.self) { try read(items: [("a", tensor)]) }
    }
    let other = TorchFile.tensor(type: "IntStorage", count: 4, shape: [4], strides: [1])
    try expectError("storage 0 is described in two ways") {
      _ = try read(items: [("a", Self.vector), ("b", other)])
    }
  }

  @Test("a file without usable tensors is refused")
  func structure() throws {
    try expectError("tensor a: occurs twice") { _ = try read(items: [("a", Self.vector), ("a", Self.vector)]) }
    try expectError("holds no named tensors") { _ = try read(items: [("epoch", TorchFile.integer(1))]) }
    try expectError("holds no named tensors") { _ = try read(TorchFile.pickle(Self.vector)) }
    let numbered = Array("}K\u{1}".utf8) + Self.vector + Array("s".utf8)
    try expectError("a tensor's key is no text") { _ = try read(TorchFile.pickle(numbered)) }
    // A dictionary below its own key "model".
    let endless = Array("}q\0".utf8) + TorchFile.text("model") + Array("h\0s".utf8)
    try expectError("nested more than 4 deep") { _ = try read(TorchFile.pickle(endless)) }
  }

  @Test("nesting without end costs no stack")
  func deepNesting() throws {
    let depth = 1_000_000
    let lists =
      [UInt8](repeating: UInt8(ascii: "]"), count: depth) + [UInt8](repeating: UInt8(ascii: "a"), count: depth - 1)
    try expectError("holds no named tensors") { _ = try read(TorchFile.pickle(lists)) }
    let tuples = Array(")".utf8) + [UInt8](repeating: 0x85, count: depth)
    try expectError("holds no named tensors") { _ = try read(TorchFile.pickle(tuples)) }
  }

  @Test("what is memorised once and used many times costs no more than its bytes")
  func memorised() throws {
    func code(_ text: String) -> [UInt8] { Array(text.utf8) }
    func put(_ index: UInt8) -> [UInt8] { code("q") + [index] }
    func get(_ index: UInt8) -> [UInt8] { code("h") + [index] }
    func many(_ count: Int, _ code: [UInt8]) -> [UInt8] { Array(repeatElement(code, count: count).joined()) }
    func identifier(_ key: String) -> [UInt8] {
      let type = TorchFile.global("torch", "FloatStorage")
      return TorchFile.tuple([
        TorchFile.text("storage"), type, TorchFile.text(key), TorchFile.text("cpu"), TorchFile.integer(4),
      ])
    }
    func expectQuick(_ body: [UInt8], _ message: String) throws {
      let pickle = TorchFile.pickle(body)
      let start = ContinuousClock.now
      try expectError(message) { _ = try read(pickle) }
      #expect(ContinuousClock.now - start < .seconds(2))
    }

    // One tuple of many sizes, in tensors of five bytes each.
    let sizes = TorchFile.tuple([many(20_000, code("K\u{1}"))]) + put(2)
    var body = code("](") + TorchFile.global("torch._utils", "_rebuild_tensor_v2") + put(0)
    body += TorchFile.tuple([identifier("0") + code("Q"), TorchFile.integer(0), sizes, get(2), code("N"), code("N")])
    body += put(1) + many(10_000, get(0) + get(1) + code("R")) + code("e")
    try expectQuick(body, "holds no named tensors")

    // One long name of many tensors.
    body = code("}(") + TorchFile.text(String(repeating: "module.", count: 5_000)) + put(0) + Self.vector + put(1)
    body += many(10_000, get(0) + get(1)) + code("u")
    try expectQuick(body, "occurs twice")

    // One long key of many storages.
    body = code("](") + identifier(String(repeating: "k", count: 100_000)) + put(0)
    body += many(100_000, code("Q") + get(0)) + code("e")
    try expectQuick(body, "a storage's key has 100000 bytes (expected at most 256)")
  }

  @Test("weights under a few names are read, under so many that to write them would fill a disk refused")
  func sharedStorage() throws {
    func items(_ count: Int) -> [(String, [UInt8])] {
      let tensor = TorchFile.tensor(count: 10_000, shape: [10_000], strides: [1])
      return (0..<count).map { ("t\($0)", tensor) }
    }
    let storage = [UInt8](repeating: 0, count: 40_000)
    #expect(try read(items: items(24), storage: storage).entries.count == 24)
    try expectError("expected at most 64 times the file's") { _ = try read(items: items(200), storage: storage) }
  }

  @Test("a pickle far larger than any model's is refused before it fills the memory")
  func largePickle() throws {
    let lists = [UInt8](repeating: UInt8(ascii: "]"), count: 5 << 20)
    try expectError("the pickle has more than 4194304 bytes") { _ = try read(TorchFile.pickle(lists)) }
  }

  @Test("an archive that is not as PyTorch writes it is refused")
  func archives() throws {
    let pickle = TorchFile.pickle(TorchFile.dictionary([("a", Self.vector)]))
    let storages = ["0": Self.storage]
    func read(_ bytes: [UInt8]) throws { _ = try StateDict(bytes: bytes, path: "w.pt") }
    try expectError("entry archive/byteorder: the storages are not little-endian") {
      try read(TorchFile.zip(pickle: pickle, storages: storages, byteorder: "big"))
    }
    try expectError("entry archive/data.pkl: is compressed (method 8)") {
      try read(TorchFile.zip([("archive/data.pkl", pickle)], method: 8))
    }
    try expectError("entry archive/data.pkl: is encrypted") {
      try read(TorchFile.zip([("archive/data.pkl", pickle)], flags: 1))
    }
    try expectError("entry archive/data.pkl: occurs twice") {
      try read(TorchFile.zip([("archive/data.pkl", pickle), ("archive/data.pkl", pickle)]))
    }
    try expectError("has 0 entries data.pkl") { try read(TorchFile.zip([("readme", pickle)])) }
    try expectError("has 2 entries data.pkl") {
      try read(TorchFile.zip([("a/data.pkl", pickle), ("b/data.pkl", pickle)]))
    }
  }

  @Test("a legacy file that is cut short, goes on, or comes from a big-endian system is refused")
  func legacy() throws {
    let fixture = try #require(try CheckpointFixture.all.first { $0.file == "legacy.pt" })
    let bytes = try fixture.bytes
    for count in 15..<bytes.count {
      #expect(throws: TensorsError.self, "\(count) bytes") {
        try StateDict(bytes: Array(bytes.prefix(count)), path: "w.pt")
      }
    }
    try expectError("1 bytes follow the last storage") { _ = try StateDict(bytes: bytes + [0], path: "w.pt") }
    var bigEndian = bytes
    let flag = try #require(bytes.indices.first { bytes[$0] == 0x88 })
    bigEndian[flag] = 0x89
    try expectError("not written on a little-endian system") { _ = try StateDict(bytes: bigEndian, path: "w.pt") }
  }
}
