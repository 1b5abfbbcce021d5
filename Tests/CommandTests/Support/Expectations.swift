import Foundation
import Testing

/// The bundled model and the two sample videos.
enum Bundled {
  static let model = Program.packageFolder.appending(path: "Models/demo")
  static let samples = Program.packageFolder.appending(path: "Samples")

  static func sample(_ number: Int) -> String { samples.appending(path: "sample_\(number).mp4").path }
}

/// Expects that a program failed with `code`, nothing on standard output and one line on standard error that contains `text`.
func expectFailure(
  _ result: ProgramRun.Result, code: Int32, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.status == code, sourceLocation: sourceLocation)
  #expect(result.output == "", sourceLocation: sourceLocation)
  #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
  #expect(result.errors.hasPrefix("spot: "), sourceLocation: sourceLocation)
  #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
}
