import Foundation
import Glibc
import Tensors
import Testing

@Suite("state dict")
struct StateDictTests {
  func weights(_ shapes: [(String, [Int])]) throws -> StateDict {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w.safetensors"
    let tensors = shapes.map { name, shape in
      (name: name, tensor: Tensor(shape: shape, values: Array(repeating: 0, count: shape.reduce(1, *))))
    }
    try SafetensorsWriter.write(tensors, to: path)
    return try StateDict.read(path: path)
  }

  @Test("a layout that fits passes in any order, ignored names aside")
  func fits() throws {
    let weights = try weights([("a", [2]), ("b", [3, 1]), ("aux.c", [1])])
    let layout = [
      TensorLayout(name: "b", shape: [3, 1]), TensorLayout(name: "a", shape: [2]),
      TensorLayout(name: "aux.d", shape: [9]),
    ]
    try weights.check(against: layout) { $0.hasPrefix("aux.") }
  }

  @Test("every tensor that does not fit is named")
  func doesNotFit() throws {
    let weights = try weights([("a", [2]), ("b", [3]), ("c", [1])])
    let layout = [
      TensorLayout(name: "a", shape: [2, 1]), TensorLayout(name: "b", shape: [3]), TensorLayout(name: "d", shape: []),
    ]
    let error = try #require(throws: TensorsError.self) { try weights.check(against: layout) }
    #expect(
      error.problem
        == "does not fit the model: 1 missing: d []; 1 surplus: c [1]; 1 of wrong shape: a [2], not [2, 1]")
  }

  @Test("a long list of problems is cut, with a count")
  func manyProblems() throws {
    let layout = (0..<50).map { TensorLayout(name: "t\($0)", shape: [$0]) }
    let error = try #require(throws: TensorsError.self) { try weights([]).check(against: layout) }
    #expect(error.problem.hasPrefix("does not fit the model: 50 missing: t0 [0], t1 [1]"))
    #expect(error.problem.hasSuffix("t19 [19], and 30 more"))
  }

  @Test("a tensor that is not there is an error")
  func noSuchTensor() throws {
    let error = try #require(throws: TensorsError.self) { try weights([("a", [1])]).tensor("b") }
    #expect("\(error)".hasSuffix("tensor b: is not in the file"))
  }

  @Test("a path that cannot be read is an error with its cause")
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    let missing = try #require(throws: TensorsError.self) { try StateDict.read(path: directory.path + "/none.pt") }
    #expect(missing.problem == "cannot be opened: No such file or directory (errno 2)")
    let folder = try #require(throws: TensorsError.self) { try StateDict.read(path: directory.path) }
    #expect(folder.problem == "is not a regular file")
    let pipePath = directory.path + "/pipe"
    try #require(mkfifo(pipePath, 0o600) == 0)
    let pipe = try #require(throws: TensorsError.self) { try StateDict.read(path: pipePath) }
    #expect(pipe.problem == "is not a regular file")
  }

  @Test("a file beyond the limit is refused before it is read")
  func tooLarge() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/huge.pt"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: (1 << 30) + 1)  // sparse
    let error = try #require(throws: TensorsError.self) { try StateDict.read(path: path) }
    #expect(error.problem == "has 1073741825 bytes")
  }

  @Test("a long name of nothing but wrappers' prefixes is read in time that its length calls for")
  func manyPrefixes() throws {
    let prefixes = String(repeating: "module._orig_mod.module.", count: 100_000)
    let start = ContinuousClock.now
    #expect(try weights([(prefixes + "a", [1]), (prefixes + "b", [1])]).entries.map(\.name) == ["a", "b"])
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test("an error stays one line whatever a file calls its tensors")
  func oneLine() {
    let error = TensorsError(path: "w.pt", part: "tensor a\nb\u{1B}[31m", problem: "is wrong", expected: "é")
    #expect(error.description == #"w.pt: tensor a\nb\u{1B}[31m: is wrong (expected é)"#)
  }
}
