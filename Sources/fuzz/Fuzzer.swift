internal import Foundation
internal import FuzzTargets

/// What libFuzzer, whose `main` this program has, calls with each input; the variable SPOTD_FUZZ_TARGET names the reader.
/// Build and run it with tools/fuzz.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  _ = target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))  // libFuzzer's own memory, copied here
  return 0
}

private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["SPOTD_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
    FileHandle.standardError.write(Data("fuzz: SPOTD_FUZZ_TARGET is '\(name)', not one of \(names)\n".utf8))
    exit(2)
  }
  return target
}()
