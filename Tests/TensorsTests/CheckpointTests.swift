import Tensors
import Testing

@Suite("PyTorch checkpoints")
struct CheckpointTests {
  @Test("every tensor of a valid file has its type, shape and values", arguments: try CheckpointFixture.valid)
  func valid(fixture: CheckpointFixture) throws {
    let weights = try StateDict.read(path: fixture.path)
    let expected = try #require(fixture.tensors)
    #expect(weights.format == (fixture.container == "zip" ? .torchZip : .torchLegacy))
    #expect(weights.byteCount == (try fixture.bytes.count))
    #expect(weights.entries.count == expected.count)
    for (fullName, tensor) in expected {
      let name = fullName.hasPrefix("module.") ? String(fullName.dropFirst("module.".count)) : fullName
      let entry = try #require(weights[name], "\(name)")
      #expect(entry.dtype.rawValue == tensor.dtype, "\(name)")
      #expect(entry.shape == tensor.shape, "\(name)")
      let values = try weights.tensor(name).values
      #expect(values.map(\.bitPattern) == tensor.values.map(\.float.bitPattern), "\(name)")
    }
  }

  @Test("entries come in the order of the file")
  func order() throws {
    let fixture = try #require(try CheckpointFixture.all.first { $0.file == "flat_zip.pt" })
    let names = try StateDict.read(path: fixture.path).entries.map(\.name)
    #expect(names.prefix(7) == ["f32", "f16", "bf16", "count", "transposed", "shared_a", "shared_b"])
  }

  /// What each broken file's error must name.
  static let brokenFiles = [
    ("bad_truncated.pt", "has no zip end record"),
    ("bad_missing_storage.pt", "entry flat_zip/data/0: is missing"),
    ("bad_global.pt", "archive/data.pkl, byte 2: the global os.system is not allowed"),
    ("bad_global_nested.pt", "archive/data.pkl, byte 9: the global builtins.eval is not allowed"),
    ("bad_size_range.pt", "tensor w: shape [1000, 1000]"),
    ("bad_offset.pt", "tensor w: shape [2], strides [1], offset 3: reaches element 4 of a storage of 4"),
    ("bad_negative.pt", "tensor w: shape [2, -2], strides [-1, 1], offset 0: negative"),
    ("bad_short_storage.pt", "entry archive/data/0: has 16 bytes (expected 64 float32 elements)"),
    ("bad_empty.pt", "is empty"),
    ("bad_random.pt", "is no weights file"),
    ("bad_nesting.pt", "holds no named tensors"),
    ("bad_huge_claim.pt", "entry archive/data/0: claims 4294967280 bytes"),
  ]

  @Test("a broken or hostile file is an error that names the file and what is wrong", arguments: brokenFiles)
  func broken(file: String, message: String) throws {
    let fixture = try #require(try CheckpointFixture.all.first { $0.file == file })
    let error = try #require(throws: TensorsError.self) { try StateDict.read(path: fixture.path) }
    #expect(error.path == fixture.path)
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test("every broken fixture is covered")
  func allCovered() throws {
    let files = try CheckpointFixture.all.filter { $0.kind == "broken" }.map(\.file)
    #expect(Set(files) == Set(Self.brokenFiles.map(\.0)))
  }
}
