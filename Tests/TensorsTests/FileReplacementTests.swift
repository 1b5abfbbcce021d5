import Foundation
import Glibc
import Tensors
import Testing

@Suite("whole files or none")
struct FileReplacementTests {
  @Test("a file replaces the one before it")
  func replaces() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w"
    for text in ["a longer first text", "second"] {
      try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write(Array(text.utf8)) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    #expect(try directory.contents == ["w"])
  }

  @Test("a name as long as the file system takes is no longer while the file is being written")
  func longName() throws {
    let directory = try TemporaryDirectory()
    let name = String(repeating: "w", count: 255)
    for byte: UInt8 in [1, 2] {
      try FileReplacement.write(to: "\(directory.path)/\(name)") { (file) throws(TensorsError) in
        try file.write([byte])
      }
    }
    #expect(try directory.contents == [name])
  }

  @Test("what is being written lies hidden in the same folder")
  func hidden() throws {
    let directory = try TemporaryDirectory()
    var during: [String] = []
    try FileReplacement.write(to: directory.path + "/w") { (file) throws(TensorsError) in
      during = (try? directory.contents) ?? []
    }
    let isHidden = during.allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".partial") }
    #expect(during.count == 1 && isHidden)
  }

  @Test("a link stays, and the file that it leads to is replaced")
  func link() throws {
    let directory = try TemporaryDirectory()
    let folder = directory.path + "/folder"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try Data([1]).write(to: URL(filePath: folder + "/w"))
    try FileManager.default.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: "folder/w")
    try FileReplacement.write(to: directory.path + "/link") { (file) throws(TensorsError) in try file.write([2]) }
    #expect(try Data(contentsOf: URL(filePath: folder + "/w")) == Data([2]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.path + "/link") == "folder/w")
    #expect(try directory.contents == ["folder", "link"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w"])
  }

  @Test("a file that is replaced stays as private as it was", arguments: [0o600, 0o640] as [mode_t])
  func permissions(_ mode: mode_t) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w"
    try Data([1]).write(to: URL(filePath: path))
    try #require(chmod(path, mode) == 0)
    try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write([2]) }
    var status = stat()
    try #require(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == mode)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([2]))
  }

  @Test("when writing fails, the old file stays and nothing is left beside it")
  func keepsOldFile() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/w"
    try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write([1, 2]) }
    let failure = TensorsError(path: path, problem: "is an example")
    #expect(throws: failure) {
      try FileReplacement.write(to: path) { (file) throws(TensorsError) in
        try file.write([3])
        throw failure
      }
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2]))
    #expect(try directory.contents == ["w"])
  }

  @Test("a full disk is an error that names the path")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    let file = FileReplacement(descriptor: descriptor, path: "/data/w.safetensors")
    let error = try #require(throws: TensorsError.self) { try file.write([1]) }
    #expect("\(error)" == "/data/w.safetensors: cannot be written: No space left on device (errno 28)")
  }

  @Test("a directory that is missing, or something else in the way, is an error")
  func badPaths() throws {
    let directory = try TemporaryDirectory()
    let tensors = [(name: "a", tensor: Tensor(shape: [1], values: [1]))]
    let missing = try #require(throws: TensorsError.self) {
      try SafetensorsWriter.write(tensors, to: directory.path + "/none/w")
    }
    #expect("\(missing)" == "\(directory.path)/none/w: cannot be created: No such file or directory (errno 2)")
    let path = directory.path + "/taken"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: TensorsError.self) { try SafetensorsWriter.write(tensors, to: path) }
    let pipe = directory.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    let error = try #require(throws: TensorsError.self) { try SafetensorsWriter.write(tensors, to: pipe) }
    #expect(error.problem == "is there and no regular file")
    #expect(try directory.contents == ["pipe", "taken"])
  }
}
