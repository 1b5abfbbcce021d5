internal import AdaSpot
internal import Foundation
internal import Timeline

extension BenchmarkSubject {
  /// From starting a process of this program to its first frame's scores: the median over `rounds` starts, after one
  /// that brings the files into the cache. Nil where the network lies in no folder.
  func startMilliseconds(rounds: Int) -> Double? {
    guard let folder else { return nil }
    let times = (0...rounds).compactMap { _ in Self.startOnce(folder) }
    return times.count == rounds + 1 ? median(Array(times.dropFirst())) : nil
  }

  private static func startOnce(_ folder: String) -> Double? {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["bench", "first-frame", "--model", folder]
    process.standardOutput = FileHandle.nullDevice
    let clock = BenchmarkClock.now()
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? clock.elapsed().wall : nil
  }

  /// Scores one frame as a live stream does, which asks for nothing after it.
  public func scoreFirstFrame() -> [Float] {
    let size = model.configuration.highResolution
    let picture = Picture(rows: size.rows, columns: size.columns)
    let stream = LiveStream(model, parameters: LiveParameters(driving: .eager(revise: 0, hop: 1), lookahead: 0))
    var scores: [Float] = []
    _ = stream.append(picture) { scores = Array($0.row($0.newest)) }
    return scores
  }
}
