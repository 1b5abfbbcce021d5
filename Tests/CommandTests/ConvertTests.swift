import Foundation
import Tensors
import TestSupport
import Testing

@Suite("spot convert")
struct ConvertTests {
  let folder: VideoFolder
  private let checkpoints = Program.packageFolder.appending(path: "Tests/TensorsTests/Fixtures/checkpoint")
  private let bundled = Bundled.model.appending(path: "weights.safetensors")

  init() throws { folder = try VideoFolder() }

  @Test("a PyTorch checkpoint keeps its names, shapes and values", arguments: ["legacy.pt", "nested_zip.pt"])
  func checkpoint(name: String) throws {
    let source = checkpoints.appending(path: name).path
    let destination = folder.path("w.safetensors")
    let result = try Program.spot.run(["convert", source, destination])
    #expect(result.status == 0, "\(result.errors)")
    let before = try StateDict.read(path: source)
    let after = try StateDict.read(path: destination)
    #expect(after.format == .safetensors)
    #expect(Set(after.entries.map(\.name)) == Set(before.entries.map(\.name)))
    #expect(!before.entries.isEmpty)
    for entry in before.entries { #expect(try after.tensor(entry.name) == before.tensor(entry.name), "\(entry.name)") }
  }

  @Test("the bundled weights survive float32 and back")
  func precisions() throws {
    let wide = folder.path("wide.safetensors")
    let narrow = folder.path("narrow.safetensors")
    #expect(try Program.spot.run(["convert", bundled.path, wide]).status == 0)
    #expect(try Program.spot.run(["convert", wide, narrow, "--precision", "float16", "--inference-only"]).status == 0)
    #expect(try folder.bytes("narrow.safetensors") == Array(Data(contentsOf: bundled)))
    #expect(try StateDict.read(path: wide).entries.allSatisfy { $0.dtype == .float32 })
  }

  @Test("--inference-only leaves training's tensors out")
  func inferenceOnly() throws {
    let number = Tensor(shape: [1], values: [1])
    let source = folder.path("all.safetensors")
    try SafetensorsWriter.write(
      [("temp_enc", number), ("_pred_fine_lowres._fc_out.weight", number), ("stem.bn.num_batches_tracked", number)],
      to: source)
    let destination = folder.path("some.safetensors")
    let result = try Program.spot.run(["convert", source, destination, "--inference-only"])
    #expect(result.errors == "spot: \(destination): 1 tensors, 1 numbers; 2 tensors left out\n")
    #expect(try StateDict.read(path: destination).entries.map(\.name) == ["temp_enc"])
  }

  @Test("a checkpoint is never replaced by its own conversion")
  func inPlace() throws {
    let source = try folder.write("w.safetensors", Data(contentsOf: bundled))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "w.safetensors")
    for destination in [source, folder.path("link")] {
      expectFailure(
        try Program.spot.run(["convert", source, destination, "--inference-only"]), code: 2,
        "\(destination): the result and the checkpoint are the same file")
    }
    #expect(try folder.bytes("w.safetensors") == Array(Data(contentsOf: bundled)))
  }

  @Test("what cannot be read or written")
  func failures() throws {
    let destination = folder.path("w.safetensors")
    expectFailure(
      try Program.spot.run(["convert", folder.path("none.pt"), destination]), code: 6, "none.pt: cannot be opened")
    expectFailure(
      try Program.spot.run(["convert", checkpoints.appending(path: "bad_global.pt").path, destination]), code: 6,
      "bad_global.pt: ")
    expectFailure(
      try Program.spot.run(["convert", bundled.path, destination, "--precision", "float8"]), code: 2, "float8")
    expectFailure(
      try Program.spot.run(["convert", bundled.path, folder.path("none/w")]), code: 1, "none/w: cannot be written")
    expectFailure(
      try Program.spot.run(["convert", bundled.path, destination], setup: "ulimit -f 100"), code: 1,
      "w.safetensors: cannot be written: File too large")
    #expect(try folder.names == [])
  }
}
