import Foundation
import Tensors
import Testing
import Timeline

@Suite("safetensors")
struct SafetensorsTests {
  static let tensors: [(name: String, tensor: Tensor)] = [
    ("b.weight", Tensor(shape: [2, 3], values: [1, -2.5, 0, .infinity, -0.0, 0.125])),
    ("a", Tensor(shape: [], values: [3])),
    ("naïve \"name\"\n\\", Tensor(shape: [0, 4], values: [])),
  ]

  @Test("what is written reads back, in every precision", arguments: FloatPrecision.allCases)
  func roundTrip(precision: FloatPrecision) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w.safetensors"
    let metadata = ["format": "pt", "note": "a \u{1} \"b\""]
    try SafetensorsWriter.write(Self.tensors, precision: precision, metadata: metadata, to: path)
    let weights = try StateDict.read(path: path)
    #expect(weights.format == .safetensors)
    #expect(weights.metadata == metadata)
    #expect(Set(weights.entries.map(\.name)) == Set(Self.tensors.map(\.name)))
    for (name, tensor) in Self.tensors {
      #expect(weights[name]?.dtype.rawValue == precision.rawValue)
      let read = try weights.tensor(name)
      #expect(read.shape == tensor.shape)
      #expect(read.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let headerLength = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(headerLength.isMultiple(of: 8))
    #expect(try directory.contents == ["w.safetensors"])
  }

  @Test("a value too large for float16, or a name given twice, is refused and leaves no file")
  func refusals() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w.safetensors"
    let large = [(name: "big", tensor: Tensor(shape: [2], values: [1, -65520]))]
    let error = try #require(throws: TensorsError.self) {
      try SafetensorsWriter.write(large, precision: .float16, to: path)
    }
    #expect("\(error)" == "\(path): tensor big: has values too large for float16 (expected bfloat16 or float32)")
    #expect(throws: TensorsError.self) { try SafetensorsWriter.write(large + large, to: path) }
    let reserved = [(name: "__metadata__", tensor: large[0].tensor)]
    #expect(throws: TensorsError.self) { try SafetensorsWriter.write(reserved, to: path) }
    #expect(try directory.contents.isEmpty)
    try SafetensorsWriter.write(large, precision: .bfloat16, to: path)
  }

  @Test("a checkpoint converts whole, floats in the wished precision, counters as they are")
  func convert() throws {
    let directory = try TemporaryDirectory()
    for fixture in try CheckpointFixture.valid {
      let path = "\(directory.path)/\(fixture.file).safetensors"
      let source = try StateDict.read(path: fixture.path)
      try source.writeSafetensors(to: path)
      let result = try StateDict.read(path: path)
      #expect(result.entries.count == source.entries.count)
      for entry in source.entries {
        #expect(result[entry.name]?.dtype == (entry.dtype.isFloatingPoint ? .float32 : entry.dtype))
        #expect(try result.tensor(entry.name) == source.tensor(entry.name))
      }
    }
  }

  @Test("conversion keeps only the tensors asked for")
  func convertSome() throws {
    let directory = try TemporaryDirectory()
    let fixture = try #require(try CheckpointFixture.all.first { $0.file == "module_state_zip.pt" })
    let path = directory.path + "/w.safetensors"
    let source = try StateDict.read(path: fixture.path)
    try source.writeSafetensors(to: path, precision: .float16, metadata: ["from": "pt"]) {
      $0.hasPrefix("bn.")
    }
    let weights = try StateDict.read(path: path)
    // Wider elements come first, so that all are aligned.
    let names = ["bn.num_batches_tracked", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"]
    #expect(weights.entries.map(\.name) == names)
    #expect(weights.metadata == ["from": "pt"])
  }

  @Test("tens of megabytes go through a file and back")
  func large() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w.safetensors"
    var generator = SplitMix64(seed: 5)
    let tensors = (0..<40).map { index in
      let values = (0..<(250_000 + index)).map { _ in Float(Int32(truncatingIfNeeded: generator.next())) * 0x1p-31 }
      return (name: "layer.\(index)", tensor: Tensor(shape: [values.count], values: values))
    }
    try SafetensorsWriter.write(tensors, to: path)
    let weights = try StateDict.read(path: path)
    #expect(weights.entries.map(\.name) == tensors.map(\.name))
    for (name, tensor) in tensors where try weights.tensor(name) != tensor { Issue.record("\(name)") }
  }

  // MARK: Broken files

  static func file(_ header: String, dataCount: Int = 0, claimedLength: UInt64? = nil) -> [UInt8] {
    TorchFile.le(claimedLength ?? UInt64(header.utf8.count)) + Array(header.utf8)
      + [UInt8](repeating: 0, count: dataCount)
  }

  static func tensor(_ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  @Test(
    "a broken header is refused, with what is wrong",
    arguments: [
      (#"{"a":\#(tensor())}"#, 4, "tensor a: data_offsets [0, 8]"),
      (#"{"a":\#(tensor())}"#, 12, "has 12 bytes of data (expected 8)"),
      (#"{"a":\#(tensor("F8_E4M3"))}"#, 8, "tensor a: dtype F8_E4M3"),
      (#"{"a":\#(tensor("F32", "[3]"))}"#, 8, "tensor a: 8 bytes of data (expected those of shape [3], float32)"),
      (#"{"a":\#(tensor("F32", "[4611686018427387904,4]"))}"#, 8, "tensor a: 8 bytes of data"),
      (#"{"a":\#(tensor("F32", "[4611686018427387904]"))}"#, 8, "tensor a: 8 bytes of data"),
      (#"{"a":\#(tensor("F32", "[2]", "[8,0]"))}"#, 8, "two rising offsets"),
      (#"{"a":\#(tensor("F32", "[2]", "[0,8,8]"))}"#, 8, "two rising offsets"),
      (#"{"a":\#(tensor("F32", "[-2]"))}"#, 8, "not a number"),
      (#"{"a":\#(tensor("F32", "[2.0]"))}"#, 8, "unexpected text (expected ])"),
      (#"{"a":\#(tensor("F32", "[02]"))}"#, 8, "not a number"),
      (#"{"a":\#(tensor("F32", "[99999999999999999999]"))}"#, 8, "not a number"),
      (#"{"a":\#(tensor()),"a":\#(tensor())}"#, 8, "a occurs twice"),
      (
        #"{"a":\#(tensor()),"b":\#(tensor("F32", "[2]", "[4,12]"))}"#, 12, "tensor b: its data begins at 4 (expected 8,"
      ),
      (#"{"a":\#(tensor()),"b":\#(tensor("F32", "[1]", "[12,16]"))}"#, 16, "tensor b: its data begins at 12"),
      (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "tensor a: dtype, shape or data_offsets is missing"),
      (#"{"a":{"dtype":"F32","dtype":"F32"}}"#, 8, "tensor a: member dtype"),
      (#"{"a":{"stride":[1]}}"#, 8, "tensor a: member stride"),
      (#"{"a":[]}"#, 0, "unexpected text (expected {)"),
      (#"{"__metadata__":{"k":1}}"#, 0, "unexpected text (expected \")"),
      (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "metadata k occurs twice"),
      (#"{"\ud800":{}}"#, 0, "half a surrogate pair"),
      (#"{"\x":{}}"#, 0, "unknown escape"),
      (#"{"\u12g4":{}}"#, 0, "four hexadecimal digits"),
      ("{\"a\nb\":{}}", 0, "a control character in a text"),
      (#"{} {}"#, 0, "text after the end of the object"),
      (#"{"a""#, 0, "unexpected text (expected :)"),
      (#"{"a"#, 0, "truncated"),
    ] as [(String, Int, String)])
  func brokenHeader(header: String, dataCount: Int, message: String) throws {
    let error = try #require(throws: TensorsError.self) {
      try StateDict(bytes: Self.file(header, dataCount: dataCount), path: "w.safetensors")
    }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test("a header longer than the file is refused", arguments: [3, 1 << 20, 1 << 62, UInt64.max])
  func headerLength(length: UInt64) throws {
    #expect(throws: TensorsError.self) { try StateDict(bytes: Self.file("{}", claimedLength: length), path: "w") }
  }

  @Test("names are unescaped and padding is passed over")
  func escapes() throws {
    let header = #" {"\u00e9\ud83d\ude00\/\n" : \#(Self.tensor("F32", "[ 2 ]", "[0, 8]")) }   "#.dropFirst()
    let weights = try StateDict(bytes: Self.file(String(header), dataCount: 8), path: "w")
    #expect(weights.entries.map(\.name) == ["é😀/\n"])
  }

  @Test("a tensor without elements may have sizes whose product overflows no count")
  func emptyTensor() throws {
    let header = #"{"a":\#(Self.tensor("F32", "[0,4611686018427387904,4611686018427387904]", "[0,0]"))}"#
    #expect(try StateDict(bytes: Self.file(header), path: "w").tensor("a").values.isEmpty)
  }
}
